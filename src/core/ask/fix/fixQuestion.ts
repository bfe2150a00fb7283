import type { FixRefusal, FixRequest } from '#core/domain/fix';
import type { EditorDiagnostic } from '#core/domain/question';
import type { AskQuery } from '#core/domain/requests';

/** Lines shown before and behind a diagnostic, and characters of them all. */
const LINES_AROUND = 40;
const MAX_CHARACTERS = 9_000;
const MAX_MESSAGE_CHARACTERS = 1_000;
const MAX_DIAGNOSTICS = 20;

const INSTRUCTIONS = `Fix the problems that the editor reports in the attached code, and change nothing else.
Answer with one short sentence, then one or more edits inside one fenced code block, each exactly in this form:
<<<<<<< SEARCH
whole lines of the attached code, copied without any change, enough of them to be there only once
=======
the lines that stand there instead
>>>>>>> REPLACE`;

/** What was wrong with an answer, for the model to try again. */
const ADVICE: Readonly<Partial<Record<FixRefusal, string>>> = {
	'no-edit': 'There was no edit in the form asked for.',
	'not-found': 'The lines of a SEARCH part are not in the file. Copy them without any change.',
	'ambiguous': 'The lines of a SEARCH part are in the file more than once, or parts overlap. Copy more lines around them.',
	'would-break': 'With these edits a bracket has no partner.',
	'no-change': 'These edits change nothing.',
};

/** The question for a fix: what the editor reports as the question, the code around it as the selection, so that rules for secrets and local-only text hold for it. */
export function fixQuestion(request: FixRequest): AskQuery {
	const { interactionId, path, text, language, model, retryOf } = request;
	const { diagnostics, ...selection } = codeAround(text, request.diagnostics);
	return {
		interactionId,
		prompt: ['Fix what the editor reports:', ...diagnostics.map(describe)].join('\n'),
		history: [],
		attachments: [],
		signals: { activeFile: path, activeLanguage: language, selection: { path, ...selection }, diagnostics },
		otherChat: { instructions: INSTRUCTIONS },
		...(model === undefined ? {} : { model }),
		...(retryOf === undefined ? {} : { retryOf }),
	};
}

/** The same question after an answer that did not do. */
export function askAgain(question: AskQuery, interactionId: string, answer: string, reason: FixRefusal): AskQuery {
	const { prompt } = question;
	return {
		...question,
		interactionId,
		history: [
			...question.history,
			{ role: 'user', text: prompt },
			{ role: 'assistant', text: answer },
			{ role: 'user', text: `${ADVICE[reason] ?? ''} Give all edits again.` },
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
