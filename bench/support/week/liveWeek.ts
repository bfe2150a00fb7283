import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { KnowledgeItem, SearchQuery, Signal } from '#protocol/messages';
import { askQuestion, filesOf, rankOf } from './askQuestion.ts';
import { CoordinatorProcess } from './coordinatorProcess.ts';
import { fixError } from './fixError.ts';
import type { Linter } from './linter.ts';
import type { ModelServers } from './modelServers.ts';
import type { Probe, Task, WeekPlan } from './plan.ts';
import type { WorkspaceCopy } from './workspaceCopy.ts';

const DAY_MS = 86_400_000;
/** How long somebody thinks at most, while what was learned is digested. */
const THINKING_MS = 3_000;
const LIMIT = 5;

/** What is measured of one question. */
export interface QuestionRecord {
	readonly type: 'question';
	readonly day: number;
	readonly task: Extract<Task, { type: 'question' }>;
	/** Of the first right file among those that were sent, from 1; null: none was. */
	readonly rank: number | null;
	readonly hasAllFiles: boolean;
	/** That were sent, best first. */
	readonly files: readonly string[];
	/** Of the first answer, and after all tries. */
	readonly isRight: boolean;
	readonly isRightInTheEnd: boolean;
	readonly isLocal: boolean;
	readonly tokens: number;
	readonly promptTokens: number;
	readonly answerMs: number;
	readonly isStored: boolean;
}

export interface ErrorRecord {
	readonly type: 'error';
	readonly day: number;
	readonly way: string;
	readonly offer: 'none' | 'right' | 'wrong';
	readonly isFixed: boolean;
	/** Answers of models that it took. */
	readonly modelAnswers: number;
}

export interface DayState {
	/** After the night. */
	readonly knowledgeBytes: number;
	readonly skills: { readonly proposed: number; readonly active: number; readonly retired: number };
	readonly items: Readonly<Record<string, number>>;
	readonly extractions: { readonly waiting: number; readonly done: number; readonly dropped: Readonly<Record<string, number>> };
	readonly localShare: number | null;
	readonly sections: Readonly<Record<string, number>>;
}

export interface WeekRecord {
	readonly records: readonly (QuestionRecord | ErrorRecord)[];
	readonly days: readonly DayState[];
	readonly probes: { readonly before: readonly (number | null)[]; readonly after: readonly (number | null)[] };
	readonly interactions: number;
	readonly outcomeMs: readonly number[];
	/** Signals that were acknowledged and are not there any more, after every restart. */
	readonly lost: number;
	readonly acknowledged: number;
	/** Signals that were reported and not taken. */
	readonly unheard: number;
	readonly warnings: readonly string[];
}

export interface LiveOptions {
	readonly plan: WeekPlan;
	readonly workspaces: readonly WorkspaceCopy[];
	readonly servers: ModelServers;
	readonly linter: Linter;
	readonly dataDirectory: string;
	readonly isLearning: boolean;
	readonly seed: number;
	/** Day that ends with the coordinator killed, from 0. */
	readonly killedOn: number;
	readonly onProgress: (done: number, interactions: number) => void;
}

/** Lives a week through the coordinator, restarted each night, and measures it. */
export async function liveWeek(options: LiveOptions): Promise<WeekRecord> {
	const { plan, servers, seed, isLearning } = options;
	servers.reset();
	const records: (QuestionRecord | ErrorRecord)[] = [];
	const days: DayState[] = [];
	const outcomeMs: number[] = [];
	const warnings: string[] = [];
	const acknowledged = new Map<string, Set<string>>();
	let [lost, unheard, interactions] = [0, 0, 0];
	const probes: { before: (number | null)[]; after: (number | null)[] } = { before: [], after: [] };
	let process = await startDay(options, 0);

	const report = async (signals: readonly Signal[]) => {
		if (signals.length === 0) return;
		const startedMs = performance.now();
		const added = await process.request('outcome/report', { signals });
		outcomeMs.push(performance.now() - startedMs);
		if (!isLearning) return;
		unheard += signals.length - added;
		if (added === signals.length) for (const { interactionId, id } of signals) acknowledged.set(interactionId, (acknowledged.get(interactionId) ?? new Set()).add(id));
	};
	const ask = async (query: Parameters<CoordinatorProcess['ask']>[0]) => {
		interactions++;
		return process.ask(query);
	};

	for (const [day, tasks] of plan.days.entries()) {
		const nowMs = () => Date.now() + day * DAY_MS;
		if (day === 0) probes.before = await search(process, plan.probes);
		let state: Omit<DayState, 'knowledgeBytes'> | null = null;
		for (const [number, task] of tasks.entries()) {
			// It is killed with its last answer undigested.
			const isKilled = day === options.killedOn && number === tasks.length - 1;
			if (isKilled) state = await stateOf(process, servers);
			if (task.type === 'error') {
				const fixed = await fixError(task, { ...options, process, report, nowMs });
				interactions += fixed.modelAnswers;
				records.push({ ...fixed, day });
			} else records.push({ ...(await askQuestion(task, { servers, ask, report, nowMs, seed })), day });
			servers.wish = null;
			if (isLearning && !isKilled) await digest(process);
			options.onProgress(records.length, interactions);
		}
		state ??= await stateOf(process, servers);
		if (day === plan.days.length - 1) probes.after = await search(process, plan.probes);
		if (day === options.killedOn) await process.kill();
		else await process.end();
		const sizeOf = (name: string) => statSync(join(options.dataDirectory, name), { throwIfNoEntry: false })?.size ?? 0;
		days.push({ ...state, knowledgeBytes: sizeOf('knowledge.db') + sizeOf('knowledge.db-wal') });
		warnings.push(...process.warnings);
		process = await startDay(options, day + 1);
		lost += await countLost(process, acknowledged);
	}
	await process.end();
	const total = [...acknowledged.values()].reduce((sum, ids) => sum + ids.size, 0);
	return { records, days, probes, interactions, outcomeMs, lost, acknowledged: total, unheard, warnings };
}

async function startDay({ dataDirectory, workspaces, servers, isLearning, seed }: LiveOptions, day: number): Promise<CoordinatorProcess> {
	const started = await CoordinatorProcess.start({
		dataDirectory,
		folders: workspaces.map(({ path, name }) => ({ path, name })),
		settings: { models: servers.settings, learning: { enabled: isLearning } },
		clockOffsetMs: day * DAY_MS,
		seed: seed * 100 + day,
	});
	await started.whenEmbedded();
	return started;
}

async function search(process: CoordinatorProcess, probes: readonly Probe[]): Promise<(number | null)[]> {
	const ranks: (number | null)[] = [];
	for (const { query, question } of probes) {
		const { hits } = await process.request('search', { query, limit: 4 * LIMIT } satisfies SearchQuery);
		ranks.push(rankOf(filesOf(hits), question));
	}
	return ranks;
}

/** Waits, as long as somebody thinks, until the patterns are extracted. */
async function digest(process: CoordinatorProcess): Promise<void> {
	const deadline = performance.now() + THINKING_MS;
	while (performance.now() < deadline) {
		const { extractions } = await process.request('knowledge/status', null);
		if (extractions.waiting === 0) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

async function countLost(process: CoordinatorProcess, acknowledged: ReadonlyMap<string, ReadonlySet<string>>): Promise<number> {
	let lost = 0;
	for (const [interactionId, ids] of acknowledged) {
		const detail = await process.request('knowledge/detail', { id: interactionId }).catch(() => null);
		const kept = new Set(detail?.signals.map(({ id }) => id));
		lost += [...ids].filter((id) => !kept.has(id)).length;
	}
	return lost;
}

async function stateOf(process: CoordinatorProcess, servers: ModelServers): Promise<Omit<DayState, 'knowledgeBytes'>> {
	const skills: KnowledgeItem[] = [];
	for (let offset: number | null = 0; offset !== null; ) {
		const page: { items: readonly KnowledgeItem[]; nextOffset: number | null } = await process.request('knowledge/list', {
			...{ collections: ['skills-patterns'], limit: 200, offset },
		});
		skills.push(...page.items);
		offset = page.nextOffset;
	}
	const count = (wanted: KnowledgeItem['status']) => skills.filter(({ status }) => status === wanted).length;
	const [{ items, extractions }, spending] = [await process.request('knowledge/status', null), await process.request('ledger/summary', null)];
	return {
		skills: { proposed: count('proposed'), active: count('active'), retired: count('retired') },
		items,
		extractions,
		localShare: spending.today.localShare,
		sections: Object.fromEntries(servers.sections),
	};
}
