import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CoordinatorProcess } from './support/week/coordinatorProcess.ts';
import { compareWeeks, dayFigures, probeFigures, quantile } from './support/week/figures.ts';
import { Linter } from './support/week/linter.ts';
import { type LiveOptions, liveWeek, type WeekRecord } from './support/week/liveWeek.ts';
import { startModelServers } from './support/week/modelServers.ts';
import { planWeek } from './support/week/plan.ts';
import { copyWorkspace } from './support/week/workspaceCopy.ts';

/**
 * A week of work: what a coordinator is worth at its end that learned, beside one that did not. `--workspace DIR` (a git repository; repeat it
 * for several folders in one window) is cloned; questions, errors and the truth about them are made from it and from `--seed N` (default 1).
 * `--days 5 --questions 52 --errors 12` a day; `--records FILE` writes everything that was measured; `--scratch DIR` keeps clones, databases and
 * the index, which the next run then need not make. The coordinator is the built one, a process
 * restarted each day, spoken to over its protocol; once it is killed. Two model servers answer over HTTP: what they know is in
 * `support/week/modelServers.ts`, so that shares of right answers say something of what was sent to them, and nothing of any model.
 */
export async function run(args: readonly string[]) {
	const number = (value: string) => ({ type: 'string', default: value }) as const;
	const { values } = parseArgs({
		args: [...args],
		options: {
			workspace: { type: 'string', multiple: true },
			seed: number('1'),
			days: number('5'),
			questions: number('52'),
			errors: number('12'),
			records: { type: 'string' },
			scratch: { type: 'string' },
		},
	});
	if (!values.workspace) throw new Error('Name the data: --workspace DIR, a git repository.');
	const [seed, days, questions, errors] = [values.seed, values.days, values.questions, values.errors].map(Number) as [number, number, number, number];
	const scratch = values.scratch ?? mkdtempSync(join(tmpdir(), 'hybrid-bench-week-'));
	const place = join(scratch, 'work');
	for (const name of ['work', 'learning', 'frozen']) rmSync(join(scratch, name), { recursive: true, force: true });
	mkdirSync(place, { recursive: true });
	try {
		const workspaces = values.workspace.map((path) => copyWorkspace(path, place));
		const linter = new Linter(scratch);
		const plan = planWeek(workspaces, linter, { days, questions, errors, seed });
		await using servers = await startModelServers(seed);
		const folders = workspaces.map(({ path, name }) => ({ path, name }));
		const indexed = join(scratch, 'indexed');
		const first = await CoordinatorProcess.start({ dataDirectory: indexed, folders, settings: {}, clockOffsetMs: 0, seed });
		await first.whenEmbedded();
		await first.end();
		const lives: Partial<Record<'learning' | 'frozen', WeekRecord>> = {};
		for (const name of ['learning', 'frozen'] as const) {
			const dataDirectory = join(scratch, name);
			cpSync(indexed, dataDirectory, { recursive: true });
			const onProgress: LiveOptions['onProgress'] = (done, interactions) => process.stderr.write(`\r${name}: ${done} tasks, ${interactions} interactions   `);
			lives[name] = await liveWeek({ plan, workspaces, servers, linter, dataDirectory, isLearning: name === 'learning', seed, killedOn: 2, onProgress });
			process.stderr.write('\n');
		}
		const { learning, frozen } = lives as Record<'learning' | 'frozen', WeekRecord>;
		if (values.records) writeFileSync(values.records, JSON.stringify({ learning, frozen, probes: plan.probes }));
		const kinds = plan.probes.map(({ kind }) => kind);
		return {
			data: values.workspace.map((path) => basename(path)).join(', '),
			n: learning.interactions,
			figures: {
				learning: { first: dayFigures(learning, 0), last: dayFigures(learning, days - 1) },
				frozen: { first: dayFigures(frozen, 0), last: dayFigures(frozen, days - 1) },
				fromDay2: compareWeeks(learning, frozen),
				search: probeFigures(learning, kinds),
				outcomeP50Ms: round(quantile(learning.outcomeMs, 0.5)),
				outcomeP95Ms: round(quantile(learning.outcomeMs, 0.95)),
				acknowledgedSignals: learning.acknowledged,
				lostSignals: learning.lost,
				unheardSignals: learning.unheard,
				warnings: tally([...learning.warnings, ...frozen.warnings]),
			},
			settings: { seed, days, questions, errors, restarts: days, killed: 1, embedding: 'bundled' },
		};
	} finally {
		if (!values.scratch) rmSync(scratch, { recursive: true, force: true });
	}
}

function tally(texts: readonly string[]): Readonly<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (const text of texts) counts[text.slice(0, 160)] = (counts[text.slice(0, 160)] ?? 0) + 1;
	return counts;
}

const round = (value: number) => Math.round(value * 100) / 100;
