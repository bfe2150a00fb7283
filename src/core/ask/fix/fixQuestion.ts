import type { AnswerSummary } from '#core/domain/answer';
import type { FixRefusal, FixRequest } from '#core/domain/fix';
import type { Attachment, EditorDiagnostic } from '#core/domain/question';
import type { AskQuery } from '#core/domain/requests';

/** Lines shown before and behind a diagnostic, and characters of them all. */
const LINES_AROUND = 40;
const MAX_CHARACTERS = 9_000;
const MAX_MESSAGE_CHARACTERS = 1_000;
const MAX_DIAGNOSTICS = 20;

const INSTRUCTIONS = `Fix the problems that the editor reports in the code that is attached first, and change nothing else.
Answer with one short sentence, then one or more edits inside one fenced code block, each exactly in this form:
<<<<<<< SEARCH
whole lines of that code, copied without any change, enough of them to be there only once
=======
the lines that stand there instead
>>>>>>> REPLACE
Only if the problems cannot be solved there alone, edit other files whose code is shown as well, or instead. Before the SEARCH line of each edit of another file put a line with nothing but its path, as shown.`;

/** Why files may not be edited is not said: it might go to a model elsewhere, and is nothing to try around. */
const NOT_TO_BE_EDITED = (file: string) => `${file} is no file that may be edited: only those whose code is shown are, and none can be created.`;

/** What was wrong with an answer, for the model to try again. */
const ADVICE: Readonly<Partial<Record<FixRefusal, (file: string) => string>>> = {
	'no-edit': () => 'There was no edit in the form asked for.',
	'not-found': (file) => `The lines of a SEARCH part are not in ${file}. Copy them without any change.`,
	'ambiguous': (file) => `The lines of a SEARCH part are in ${file} more than once, or parts overlap. Copy more lines around them.`,
	'would-break': (file) => `With these edits ${file} does not parse, or a bracket there has no partner.`,
	'no-change': () => 'These edits change nothing.',
	'secret-file': NOT_TO_BE_EDITED,
	'not-indexed': NOT_TO_BE_EDITED,
	'new-file': NOT_TO_BE_EDITED,
	'local-only': NOT_TO_BE_EDITED,
	'too-many-files': () => 'These are too many files. Change as few as you can.',
};

/** The question for a fix: what the editor reports as the question, the code around it as the selection, so that rules for secrets and local-only text hold for it. `related`: places that are sent along. */
export function fixQuestion(request: FixRequest, related: readonly Attachment[]): AskQuery {
	const { interactionId, path, text, language, model, retryOf } = request;
	const { diagnostics, ...selection } = codeAround(text, request.diagnostics);
	return {
		interactionId,
		prompt: ['Fix what the editor reports:', ...diagnostics.map(describe)].join('\n'),
		history: [],
		attachments: related,
		signals: { activeFile: path, activeLanguage: language, selection: { path, ...selection }, diagnostics },
		otherChat: { instructions: INSTRUCTIONS },
		...(model === undefined ? {} : { model }),
		...(retryOf === undefined ? {} : { retryOf }),
	};
}

/** The same question after an answer that did not do. What was made with local-only text stays with this machine. */
export function askAgain(
	question: AskQuery,
	interactionId: string,
	{ text, isLocalOnly }: Pick<AnswerSummary, 'text' | 'isLocalOnly'>,
	{ refused, file }: { readonly refused: FixRefusal; readonly file: string | null },
): AskQuery {
	const advice = ADVICE[refused]?.(file ?? 'the file') ?? '';
	return {
		...question,
		interactionId,
		history: [
			...question.history,
			{ role: 'user', text: question.prompt },
			{ role: 'assistant', text, isLocalOnly },
			{ role: 'user', text: `${advice} Give all edits again.`, isLocalOnly },
		],
	};
}

function describe({ line, severity, message, source, code }: EditorDiagnostic): string {
	const name = [source, code].filter((part) => part !== null && part !== '').join(' ');
	return `- line ${line}: ${severity}${name === '' ? '' : ` ${name}`}: ${message.slice(0, MAX_MESSAGE_CHARACTERS)}`;
}

/** The lines around the diagnostics, as far as there is room; of those that do not fit, the last ones are left for another time. */
export function codeAround(
	text: string,
	diagnostics: readonly EditorDiagnostic[],
): { readonly startLine: number; readonly endLine: number; readonly text: string; readonly diagnostics: readonly EditorDiagnostic[] } {
	const lines = text.split(/\r\n|\r|\n/);
	const sorted = [...diagnostics].sort((a, b) => a.line - b.line).slice(0, MAX_DIAGNOSTICS);
	const size = (start: number, end: number) => lines.slice(start - 1, end).reduce((sum, line) => sum + line.length + 1, 0);
	let count = sorted.length;
	const first = Math.min(Math.max(1, sorted[0]?.line ?? 1), lines.length);
	const lastOf = (kept: number) => Math.min(lines.length, Math.max(first, sorted[kept - 1]?.line ?? first));
	while (count > 1 && size(first, lastOf(count)) > MAX_CHARACTERS) count--;
	let startLine = first;
	let endLine = lastOf(count);
	for (let step = 0; step < LINES_AROUND; step++) {
		if (startLine > 1 && size(startLine - 1, endLine) <= MAX_CHARACTERS) startLine--;
		if (endLine < lines.length && size(startLine, endLine + 1) <= MAX_CHARACTERS) endLine++;
	}
	return { startLine, endLine, text: lines.slice(startLine - 1, endLine).join('\n'), diagnostics: sorted.slice(0, count) };
}
