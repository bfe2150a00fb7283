import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { DashboardRowsQuery } from '#core/domain/dashboard';
import type { Coordinator } from '#core/domain/requests';
import { DEFAULT_SETTINGS } from '#core/settings';
import { repositoryRoot } from '../support/assets.ts';
import { quietPorts } from '../support/ports.ts';
import { workForDays } from '../support/weekOfUse.ts';
import { temporaryFolder } from '../support/workspace.ts';

async function allRows(coordinator: Coordinator, query: DashboardRowsQuery) {
	const rows: object[] = [];
	let after: string | null = null;
	do {
		const page = await coordinator.dashboardRows({ ...query, limit: 7, ...(after === null ? {} : { after }) });
		rows.push(...page.rows);
		after = page.next;
	} while (after !== null);
	return rows as Record<string, unknown>[];
}

it('tells of days of work what the rows say, by day, by model, and what was learned', async () => {
	using workspace = temporaryFolder();
	using data = temporaryFolder();
	cpSync(join(repositoryRoot, 'sample'), workspace.path, { recursive: true });
	await workForDays({ workspace: workspace.path, dataDirectory: data.path, days: 3, perDay: 12 });
	const ports = quietPorts();
	const { coordinator } = await createCoordinator({ ports, settings: DEFAULT_SETTINGS, dataDirectory: data.path });
	const shown = await coordinator.dashboard({});
	const { questions, periods, models, local, remote, latency, calibration, savings } = shown;
	expect(periods).toHaveLength(3);
	expect(periods.map((period) => period.questions.asked)).toEqual([12, 12, 12]);
	expect(questions).toMatchObject({ asked: 36, timed: 36, searched: 36 });
	expect(questions.stored).toBeGreaterThan(0);
	expect(questions.judged).toBeGreaterThan(9);
	expect(questions.successes + questions.partials + questions.failures).toBe(questions.judged);
	expect(questions.contexts).toBeGreaterThan(0);
	expect(questions.contextsReused).toBeGreaterThan(0);
	// No model has a record long enough to predict from at the beginning.
	expect(questions.withConfidence).toBeLessThan(36);
	expect(latency.total?.count).toBe(36);
	expect(latency.store?.p95).toBeGreaterThanOrEqual(0);
	expect(calibration?.answers ?? 0).toBeLessThanOrEqual(Math.min(questions.judged, questions.withConfidence));
	expect(shown.knowledge.items['interaction-history']).toBe(36);

	const range = { fromMs: shown.fromMs };
	const calls = await allRows(coordinator, { kind: 'calls', filter: {}, ...range });
	expect(calls).toHaveLength(local.calls + remote.calls);
	expect(models.reduce((sum, model) => sum + model.calls.calls, 0)).toBe(calls.length);
	const here = await allRows(coordinator, { kind: 'questions', filter: { answeredBy: ['local', 'stored'] }, ...range });
	expect(here).toHaveLength(questions.answeredLocally);
	const everything = await allRows(coordinator, { kind: 'questions', filter: {}, ...range });
	const nano = everything.reduce(
		(sum, row) => sum + Math.round(1e9 * Number(row.elsewhereUsd)) - Math.round(1e9 * (Number(row.answerUsd) + Number(row.triesUsd) + Number(row.compressionUsd))),
		0,
	);
	expect(savings.savedUsd).toBe(nano / 1e9);
	expect(savings).toEqual((await coordinator.spending()).total);
	expect(everything.filter(({ userFeedback }) => userFeedback === 1)).toHaveLength(questions.thumbsUp);

	const [first] = models;
	const ofModel = await coordinator.dashboard({ modelId: first?.modelId ?? '' });
	expect(ofModel.questions).toEqual(first?.questions);
	expect(ofModel.choices).toEqual(shown.choices);
	expect((await coordinator.dashboard({ workspaceId: 'elsewhere' })).questions.asked).toBe(0);
	expect((await coordinator.dashboard({ fromMs: periods[2]?.fromMs ?? 0 })).questions).toEqual(periods[2]?.questions);
	await expect(coordinator.dashboardRows({ kind: 'questions', filter: { 'id" OR 1': 'x' } as object })).rejects.toMatchObject({ code: 'invalid-argument' });
	await coordinator.close();
}, 240_000);
