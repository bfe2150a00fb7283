import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seededRandom } from './routingMetrics.ts';

/** One question of a stream, with what both models made of it. */
export interface StreamRow {
	readonly id: string;
	readonly prompt: string;
	readonly context: string;
	readonly weak: number;
	readonly strong: number;
	/** Told to the table among the peers, never to the router. */
	readonly task: string | null;
}

interface LoadOptions {
	readonly weak: string;
	readonly strong: string;
	/** Rows of the protocol. Where a file has more, a fixed random choice of so many is `report`, and the others are `choose`. */
	readonly cap: number;
	readonly part: 'report' | 'choose';
	readonly tasks: readonly string[];
}

/** Reads `{id, prompt, context, weak, strong}` lines, or the JSON list `{question, scores}` with the tasks beside it. */
export function loadStreamRows(file: string, options: LoadOptions): StreamRow[] {
	const all = (file.endsWith('.json') ? readScores(file, options) : readLines(file)).filter(
		({ task }) => options.tasks.length === 0 || options.tasks.includes(task ?? ''),
	);
	if (all.length <= options.cap && options.part === 'report') return all;
	const random = seededRandom(5);
	const mixed = all
		.map((row) => ({ row, at: random() }))
		.sort((a, b) => a.at - b.at)
		.map(({ row }) => row);
	return options.part === 'report' ? mixed.slice(0, options.cap) : mixed.slice(options.cap);
}

function readLines(file: string): StreamRow[] {
	const lines = readFileSync(file, 'utf8')
		.split('\n')
		.filter((line) => line.trim() !== '');
	return lines.map((line, index) => {
		const { id = index, prompt = '', context = '', weak, strong } = JSON.parse(line) as Record<string, unknown>;
		const text = typeof context === 'string' ? context : context ? JSON.stringify(context) : '';
		return { id: String(id), prompt: String(prompt), context: text, weak: Number(weak), strong: Number(strong), task: null };
	});
}

function readScores(file: string, { weak, strong }: LoadOptions): StreamRow[] {
	const rows = JSON.parse(readFileSync(file, 'utf8')) as { readonly question: string; readonly scores: Readonly<Record<string, number>> }[];
	const tasksFile = join(dirname(file), 'train_tasks.json');
	const tasks = existsSync(tasksFile) ? (JSON.parse(readFileSync(tasksFile, 'utf8')) as string[]) : [];
	const seen = new Set<string>();
	return rows.flatMap(({ question, scores }, index) => {
		if (seen.has(question)) return [];
		seen.add(question);
		return [{ id: String(index), prompt: question, context: '', weak: Number(scores[weak]), strong: Number(scores[strong]), task: tasks[index] ?? null }];
	});
}
