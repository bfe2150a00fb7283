import type { HitReason } from '#core/domain/hit';
import type { EditorSignals } from '#core/domain/question';
import type { AnalysedQuestion } from './analyseQuestion.ts';
import type { Candidate, Finalist } from './candidates.ts';
import { type Experience, LARGEST_SYMBOL_FACTOR } from './experience.ts';

/** Factors on the fused score; small, so that no signal drowns a relevant chunk. */
const FACTORS = { activeFile: 1.2, openFile: 1.1, selection: 1.3, diagnostic: 1.15, recentlyEdited: 1.1, symbol: 1.6, path: 1.6, test: 0.3, prose: 0.7 } as const;

/** Languages of documents; a question about code is seldom answered by a change log. */
const PROSE: ReadonlySet<string> = new Set(['markdown', 'text', 'restructuredtext', 'rst', 'asciidoc']);

const TEST_PATH = /(?:^|\/)(?:tests?|__tests__|spec|specs|testing|testdata|fixtures)\/|(?:^|\/)(?:test_[^/]+|conftest)\.py$|[._-](?:test|spec)s?\.[^/]+$|_test\.[^/]+$/i;

/** True for files of tests, by their path. */
export function isTestFile(path: string): boolean {
	return TEST_PATH.test(path);
}

/** The factor on a finalist's score for what the editor shows and what the question names, with the reasons for the user. */
export function adjustByEditor(
	finalist: Finalist,
	question: AnalysedQuestion,
	signals: EditorSignals,
	experience?: Experience,
): { readonly factor: number; readonly reasons: readonly HitReason[] } {
	const { payload } = finalist;
	const isThis = matcherOf(finalist);
	const reasons = reasonsOfFile(finalist, question, signals, experience);
	const apply = (signal: HitReason['signal'], value: number) => reasons.push({ signal, value });
	const { selection } = signals;
	if (selection && isThis(selection.path) && selection.startLine <= payload.end_line && selection.endLine >= payload.start_line) apply('selection', FACTORS.selection);
	if (signals.diagnostics?.some(({ path, line }) => isThis(path) && line >= payload.start_line && line <= payload.end_line)) apply('diagnostic', FACTORS.diagnostic);
	if (payload.symbol !== null && question.symbols.includes(payload.symbol)) apply('symbol', FACTORS.symbol);
	if (!question.wantsDocuments && PROSE.has(payload.language)) apply('document', FACTORS.prose);
	const ofSymbol = experience?.symbolFactor(payload.workspace_id ?? '', payload.file_path, payload.symbol) ?? 1;
	if (ofSymbol !== 1) apply('experience', ofSymbol);
	return { factor: productOf(reasons), reasons };
}

/** No less than the factor that `adjustByEditor` gives the candidate once its payload is read. */
export function factorBound(candidate: Candidate, question: AnalysedQuestion, signals: EditorSignals, experience?: Experience): number {
	const isThis = matcherOf(candidate);
	const selection = isThis(signals.selection?.path) ? FACTORS.selection : 1;
	const diagnostic = signals.diagnostics?.some(({ path }) => isThis(path)) ? FACTORS.diagnostic : 1;
	const symbol = question.symbols.length > 0 ? FACTORS.symbol : 1;
	return productOf(reasonsOfFile(candidate, question, signals, experience)) * selection * diagnostic * symbol * (experience ? LARGEST_SYMBOL_FACTOR : 1);
}

/** What the path alone tells. */
function reasonsOfFile(candidate: Candidate, question: AnalysedQuestion, signals: EditorSignals, experience?: Experience): HitReason[] {
	const { filePath, stores } = candidate;
	const isThis = matcherOf(candidate);
	const reasons: HitReason[] = [];
	const apply = (signal: HitReason['signal'], value: number) => reasons.push({ signal, value });
	if (isThis(signals.activeFile)) apply('open-editor', FACTORS.activeFile);
	else if (signals.openFiles?.some(isThis)) apply('open-editor', FACTORS.openFile);
	if (signals.recentlyEdited?.slice(0, 10).some(isThis)) apply('recency', FACTORS.recentlyEdited);
	if (isMentioned(filePath, question)) apply('mentioned', FACTORS.path);
	if (!question.wantsTests && isTestFile(filePath)) apply('test-file', FACTORS.test);
	const remembered = experience?.fileFactor(stores.worktree.id, filePath) ?? 1;
	if (remembered !== 1) apply('experience', remembered);
	return reasons;
}

function matcherOf({ filePath, stores }: Candidate): (path: string | undefined) => boolean {
	return (path) => path !== undefined && toRelative(path, stores.worktree.path) === filePath;
}

function productOf(reasons: readonly HitReason[]): number {
	return reasons.reduce((product, { value }) => product * value, 1);
}

/** Whether the question names this path or its end. */
export function isMentioned(filePath: string, question: AnalysedQuestion): boolean {
	return question.paths.some((path) => filePath === path || filePath.endsWith(`/${path}`) || path.endsWith(`/${filePath}`));
}

/** Relative with `/`, or null outside the folder. Windows paths compare without regard to case of the drive. */
export function toRelative(path: string, folder: string): string | null {
	const clean = (text: string) => text.replaceAll('\\', '/').replace(/^([a-z]):/i, (_, drive: string) => `${drive.toLowerCase()}:`);
	const base = clean(folder).replace(/\/+$/, '');
	const full = clean(path);
	return full.startsWith(`${base}/`) ? full.slice(base.length + 1) : null;
}
