import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCsv } from './csv.ts';
import type { Outcomes } from './routingMetrics.ts';

export type RoutingItem = Outcomes & { readonly text: string };

/**
 * The sets below a folder: each folder in it that holds `*_responses.csv`, or a `responses.tar.xz` of CSV files, is one. Columns: the prompt, then
 * whether each of two models was right; `STRONG` and `WEAK` name the usual two. What `contaminated_prompts.jsonl` lists is left out.
 */
export function loadRoutingSets(data: string): Map<string, RoutingItem[]> {
	const root = existsSync(join(data, 'routing')) ? join(data, 'routing') : data;
	const folders = [root, ...readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(root, entry.name)] : []))];
	const sets = new Map<string, RoutingItem[]>();
	for (const folder of folders) {
		const files = csvFiles(folder);
		if (files.length === 0) continue;
		const excluded = contaminated(folder);
		const items = files.flatMap((text) => parseCsv(text).map(toItem)).filter(({ text }) => !excluded.has(text));
		const name = folder.split(/[\\/]/).at(-1) ?? folder;
		sets.set(name.replace(/^routellm-/, ''), items);
	}
	return sets;
}

const STRONG = /^gpt-4[^_]*$/;
const WEAK = /mixtral[^_]*$/i;

function toItem(row: Readonly<Record<string, string>>): RoutingItem {
	const right = (column: RegExp) => {
		const value = Object.entries(row).find(([name]) => column.test(name))?.[1];
		return value === 'True' ? 1 : value === 'False' ? 0 : Number(value);
	};
	return { text: row.prompt ?? '', weak: right(WEAK), strong: right(STRONG) };
}

function contaminated(folder: string): Set<string> {
	const file = join(folder, 'contaminated_prompts.jsonl');
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	return new Set(lines.filter((line) => line.trim() !== '').map((line) => (JSON.parse(line) as { eval_prompt: string }).eval_prompt));
}

/** Contents of the CSV files of a folder; packed ones are unpacked by `tar` into a temporary folder. */
function csvFiles(folder: string): string[] {
	const packed = join(folder, 'responses.tar.xz');
	if (!existsSync(packed)) {
		const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
		return names.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
	}
	const unpacked = mkdtempSync(join(tmpdir(), 'hybrid-bench-routing-'));
	try {
		execFileSync('tar', ['-xJf', packed, '-C', unpacked]);
		const names = (readdirSync(unpacked, { recursive: true }) as string[]).filter((name) => name.endsWith('.csv'));
		return names.sort().map((name) => readFileSync(join(unpacked, name), 'utf8'));
	} finally {
		rmSync(unpacked, { recursive: true, force: true });
	}
}
