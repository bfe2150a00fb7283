import { expect, it } from 'vitest';
import { routeLine } from '#core/ask/route/routeLine';
import { createRouter } from '#core/ask/route/router';
import { DEFAULT_SETTINGS } from '#core/settings';
import { localModel, remoteModel, repeatable, routeRequest } from '../../../../support/routes.ts';

it('the line of a route in the log has the target, the reasons with their figures, and every model, and no text of the question', () => {
	const router = createRouter({ settings: () => ({ ...DEFAULT_SETTINGS.routing, policy: 'tree', hybridTokenThreshold: 500 }), store: null, random: repeatable(1) });
	const text = 'Design and refactor the architecture of turnVault: compare alternatives, consider concurrency, and explain the trade-offs step by step.';
	const away = { ...localModel, id: 'away', isHealthy: false };
	const priceless = { ...remoteModel, id: 'priceless', price: null, latencyMs: null, contextTokens: 100 };
	const request = routeRequest({ interactionId: 'i-7', text, promptTokens: 900, models: [localModel, remoteModel, away, priceless] });
	const line = routeLine('i-7', router.decide(request));
	expect(line).toMatch(/^Route of i-7: hybrid remote, shortened by local, by tree: heavy-context \(tokens 900, threshold 500\)\. A complex question, \w+\. Models: /);
	expect(line).toMatch(/local presumed 0\.\d\d of 0 outcomes, 0 \$, 4000 ms/);
	expect(line).toMatch(/remote presumed 0\.\d\d of 0 outcomes, 0\.0147 \$, 4000 ms/);
	expect(line).toContain('away not: unhealthy');
	expect(line).toContain('priceless not: context-too-long (promptTokens 900, contextTokens 100)');
	expect(line).not.toContain('turnVault');
	expect(line).not.toContain('\n');
});
