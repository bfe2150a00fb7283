import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Diagnostic } from '#core/learn/error/errorSignature';
import { type FixBook, learnRule } from '#core/learn/error/fixBook';
import { shareEdits } from '#core/learn/error/fixExample';
import { fixFile } from '#core/learn/error/fixFile';
import type { ReadExample } from '#core/learn/error/learnTemplates';
import { type CodeTree, readCodeTree } from '#core/syntax/codeTree';
import { SyntaxParser } from '#core/syntax/syntaxParser';

interface Case {
	readonly id: string;
	readonly rule: string;
	readonly type?: string;
	readonly fixable?: string;
	readonly code: string;
	readonly errors: readonly {
		readonly message?: string;
		readonly messageId?: string;
		readonly line?: number;
		readonly column?: number;
		readonly suggestions?: readonly { readonly output?: string }[] | number;
	}[];
	readonly output: string | null;
}

interface ReadCase {
	readonly rule: string;
	readonly kind: string;
	readonly id: string;
	readonly tree: CodeTree;
	readonly diagnostics: readonly Diagnostic[];
	readonly output: string | null;
	/** What the linter suggests, but does not do by itself. */
	readonly suggestions: readonly string[];
	readonly example: ReadExample | null;
}

interface Tally {
	n: number;
	exact: number;
	wrong: number;
	unfixable: number;
	wrongUnfixable: number;
	/** Of these, exactly what the linter suggests. */
	suggested: number;
}

const KS = [1, 3, 5, 10] as const;
/** Time that this process had the processor: a busy machine gives the same figures. */
const processorMs = () => {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000;
};
/** The product's own limits: see `ErrorSolutions`. */
const within = (budgetMs: number) => {
	const endMs = processorMs() + budgetMs;
	return { isOver: () => processorMs() > endMs };
};

/**
 * Fixes learned from k cases of a rule and applied to its others, with `code` and `errors` only. `--data DIR` holds `*_cases.jsonl`; `--repeats N` shuffles
 * so many times; `--rules odd|even` takes every other rule in the order of names, `--file PART` the files whose name has it, `--k N` only that k;
 * `--show RULE` prints what was wrong there and what nothing was offered for, `--show all` what was wrong anywhere. A case counts as offered only when each
 * of its errors has a fix. The strictness of the offers was chosen on the odd rules of each file.
 */
export async function run(parameters: string[]) {
	const { values } = parseArgs({
		args: parameters,
		options: {
			data: { type: 'string' },
			repeats: { type: 'string', default: '2' },
			rules: { type: 'string' },
			show: { type: 'string' },
			file: { type: 'string', default: '' },
			k: { type: 'string' },
		},
	});
	if (!values.data) throw new Error('Name the folder of the data: --data DIR');
	const data = values.data;
	const assets = join(import.meta.dirname, '../dist');
	const parser = new SyntaxParser(async (path) => readFileSync(join(assets, path)), { nowMs: () => performance.now(), timeoutMs: 2_000 });
	const files = readdirSync(data).filter((file) => file.endsWith('_cases.jsonl') && file.includes(values.file));
	const ks = values.k ? [Number(values.k)] : KS;
	const totals = new Map<string, Tally>();
	const tookMs: number[] = [];
	for (const file of files) {
		const cases = readFileSync(join(data, file), 'utf8')
			.split('\n')
			.filter(Boolean)
			.map((line) => JSON.parse(line) as Case);
		const names = [...new Set(cases.map(({ rule }) => rule))].sort();
		const language = await languageOf(parser, cases);
		for (const [index, name] of names.entries()) {
			if (values.rules && (index % 2 === 1) !== (values.rules === 'odd')) continue;
			if (values.show && values.show !== 'all' && values.show !== name) continue;
			const read: ReadCase[] = [];
			for (const one of cases) if (one.rule === name) read.push(...(await readCase(parser, one, language)));
			for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
				const shuffled = shuffle(
					read.filter(({ output }) => output !== null),
					repeat + 1,
				);
				const unfixable = read.filter(({ output }) => output === null);
				for (const k of ks) {
					if (shuffled.length <= k) continue;
					const examples = shuffled.slice(0, k).flatMap(({ example }) => (example ? [example] : []));
					const book: FixBook = new Map([[`linter:${name}:${language}`, learnRule(examples, within(2_000))]]);
					for (const one of [...shuffled.slice(k), ...unfixable]) {
						const startedMs = processorMs();
						const fix = await fixFile(parser, book, one.tree, one.diagnostics, within(100));
						tookMs.push((processorMs() - startedMs) / Math.max(1, one.diagnostics.length));
						const offered = fix && fix.unfixed.length === 0 ? fix.text : null;
						for (const key of [`K${k}`, `K${k} ${one.kind}`, `K${k} ${file}`, `K${k} rule ${name}`]) count(totals, key, one, offered);
						if (values.show) show(one, offered, { isBrief: values.show === 'all' });
					}
				}
			}
			const shown = ks.map((k) => totals.get(`K${k} rule ${name}`)).map((tally) => (tally ? `${share(tally.exact, tally.n)}/${share(tally.wrong, tally.n)}` : '-'));
			process.stderr.write(`${name.padEnd(44)} ${shown.join('  ')}\n`);
		}
	}
	const figures: Record<string, number> = {};
	for (const k of ks) {
		const all = totals.get(`K${k}`);
		if (!all) continue;
		figures[`exactK${k}`] = share(all.exact, all.n);
		figures[`wrongK${k}`] = share(all.wrong, all.n);
		figures[`wrongOfOfferedK${k}`] = share(all.wrong, all.wrong + all.exact);
		figures[`wrongUnfixableK${k}`] = share(all.wrongUnfixable, all.unfixable);
		figures[`suggestedUnfixableK${k}`] = share(all.suggested, all.unfixable);
		figures.n = Math.max(figures.n ?? 0, all.n);
	}
	for (const k of ks) {
		const rules = [...totals].flatMap(([key, tally]) => (key.startsWith(`K${k} rule `) && tally.n > 0 ? [tally] : []));
		figures[`exactByRuleK${k}`] = mean(rules.map(({ exact, n }) => exact / n));
		figures[`wrongByRuleK${k}`] = mean(rules.map(({ wrong, n }) => wrong / n));
	}
	const kinds: Record<string, string> = {};
	for (const [key, tally] of totals)
		if (!key.includes(' rule ') && key.includes(' ')) kinds[key] = `${share(tally.exact, tally.n)} exact, ${share(tally.wrong, tally.n)} wrong, n ${tally.n}`;
	return {
		data,
		n: figures.n ?? 0,
		figures: { ...figures, p95MsPerDiagnostic: percentile(tookMs, 0.95), slowestMsPerDiagnostic: percentile(tookMs, 1) },
		settings: { repeats: Number(values.repeats), rules: values.rules ?? 'all', ...kinds },
	};
}

function show({ id, tree, diagnostics, output }: ReadCase, offered: string | null, { isBrief }: { readonly isBrief: boolean }): void {
	if (offered === output || (isBrief && offered === null)) return;
	const said = diagnostics.map(({ message, offset }) => `${message} @ ${offset ?? '?'}`).join(' | ');
	process.stderr.write(`\n=== ${id}: ${said}\n${tree.text}\n--- offered\n${offered}\n--- wanted\n${output}\n`);
}

function count(totals: Map<string, Tally>, key: string, one: ReadCase, offered: string | null): void {
	const tally = totals.get(key) ?? { n: 0, exact: 0, wrong: 0, unfixable: 0, wrongUnfixable: 0, suggested: 0 };
	totals.set(key, tally);
	if (one.output === null) {
		tally.unfixable++;
		if (offered !== null) tally.wrongUnfixable++;
		if (offered !== null && one.suggestions.includes(offered)) tally.suggested++;
	} else {
		tally.n++;
		if (offered === one.output) tally.exact++;
		else if (offered !== null) tally.wrong++;
	}
}

async function readCase(parser: SyntaxParser, { id, rule, type, fixable, code, errors, output }: Case, languageId: string): Promise<ReadCase[]> {
	const tree = await readCodeTree(parser, code, languageId);
	const after = output === null ? null : await readCodeTree(parser, output, languageId);
	if (!tree) return [];
	const diagnostics = errors.map(({ message, messageId, line, column }): Diagnostic => {
		const lineKnown = line ?? (code.includes('\n') ? undefined : 1);
		const offset = lineKnown !== undefined && column !== undefined ? offsetOf(code, lineKnown, column) : undefined;
		return {
			message: message ?? messageId ?? '',
			source: 'linter',
			code: rule,
			languageId,
			...(offset === undefined ? {} : { offset }),
			...(line === undefined ? {} : { line }),
		};
	});
	const example = after ? { before: tree, edits: shareEdits(diagnostics, tree, after) } : null;
	const suggestions = errors.flatMap(({ suggestions: given }) => (Array.isArray(given) ? given.flatMap(({ output: text }) => text ?? []) : []));
	return [
		{
			id,
			rule,
			suggestions,
			kind: `${type ?? 'unknown'}, ${fixable ?? 'no'} fix`,
			tree,
			diagnostics,
			output,
			example: example && example.edits.length > 0 ? example : null,
		},
	];
}

function offsetOf(code: string, line: number, column: number): number | undefined {
	let start = 0;
	for (let at = 1; at < line; at++) {
		const next = /\r\n|[\n\r\u2028\u2029]/.exec(code.slice(start));
		if (!next) return undefined;
		start += next.index + next[0].length;
	}
	return start + column - 1;
}

/** The grammar that reads the most cases without an error. */
async function languageOf(parser: SyntaxParser, cases: readonly Case[]): Promise<string> {
	const clean = await Promise.all(
		['javascript', 'typescript', 'tsx'].map(async (language) => {
			let sum = 0;
			for (const { code } of cases.filter((_, index) => index % 10 === 0)) if (!(await readCodeTree(parser, code, language))?.hasError) sum++;
			return [language, sum] as const;
		}),
	);
	return clean.sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'javascript';
}

function shuffle<T>(list: readonly T[], seed: number): T[] {
	const result = [...list];
	let state = seed * 2_654_435_761;
	for (let index = result.length - 1; index > 0; index--) {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		const other = Math.floor((state / 2 ** 32) * (index + 1));
		[result[index], result[other]] = [result[other] as T, result[index] as T];
	}
	return result;
}

function mean(values: readonly number[]): number {
	return share(
		values.reduce((sum, value) => sum + value, 0),
		values.length,
	);
}

function percentile(values: readonly number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return Math.round(10 * (sorted[Math.ceil(part * sorted.length) - 1] ?? 0)) / 10;
}

function share(part: number, whole: number): number {
	return whole === 0 ? 0 : Math.round((1_000 * part) / whole) / 1_000;
}
