import { CoordinatorError } from '#core/base/errors';
import type { Settings } from '#core/settings';
import { settingsFromWire } from '#core/settingsFromWire';
import { overEnvironment } from '#node/settingsFromEnvironment';

/**
 * The settings of an agent's server: `HYBRID_SETTINGS`, a JSON object that the editor writes into the agent's configuration so that both keep
 * the same index and the same secrets, below the variables that every head reads. Throws `invalid-argument` for JSON that is none, since
 * what must stay on this machine may stand in it. `refused` names settings that kept their default.
 */
export function agentSettings(environment: Readonly<Record<string, string | undefined>>): { readonly settings: Settings; readonly refused: readonly string[] } {
	const wire = readObject(environment.HYBRID_SETTINGS);
	const group = (name: string) => (isObject(wire[name]) ? wire[name] : {});
	const { HYBRID_OLLAMA_URL: ollamaUrl, HYBRID_OPENAI_URLS: openaiUrls } = environment;
	return settingsFromWire({
		...overEnvironment(wire, environment),
		models: {
			...group('models'),
			...(ollamaUrl ? { ollamaUrl } : {}),
			...(openaiUrls ? { openaiUrls: openaiUrls.split(',').filter(Boolean) } : {}),
		},
	});
}

function readObject(text: string | undefined): Readonly<Record<string, unknown>> {
	if (!text) return {};
	try {
		const value: unknown = JSON.parse(text);
		if (isObject(value)) return value;
	} catch {
		// Told below.
	}
	throw new CoordinatorError('invalid-argument', 'HYBRID_SETTINGS is no JSON object.');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
