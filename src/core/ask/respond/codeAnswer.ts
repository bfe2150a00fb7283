import type { AskPart, AttachedText, AugmentedQuestion } from '#core/domain/answer';
import type { AskQuery } from '#core/domain/requests';
import { fenced, formatAttached, formatHit } from '../augment/buildPrompt.ts';

/** Lines around the one that failed that are shown. */
const LINES_AROUND = 8;

/**
 * The code that was found, as the answer. First comes what the question is about: of an explanation, the code that was to be explained; of a failure, the
 * lines around those that failed. Returns its text.
 */
export function codeAnswer(question: AugmentedQuestion, { command }: Pick<AskQuery, 'command'>, onPart: (part: AskPart) => void): string {
	const first = command === 'explain' ? question.attached.map(formatAttached) : question.attached.flatMap(formatFailed);
	const found = question.code.map(formatHit).join('\n\n');
	if (first.length > 0) {
		onPart({ type: 'section', section: command === 'explain' ? 'attached' : 'failed' });
		onPart({ type: 'delta', text: first.join('\n\n') });
		if (found !== '') onPart({ type: 'section', section: 'related' });
	}
	if (found !== '') onPart({ type: 'delta', text: found });
	return [...first, found].filter((text) => text !== '').join('\n\n');
}

/** The lines around the one that failed, which is marked, with their numbers; empty of a text that did not fail. */
function formatFailed({ text, failure }: AttachedText): string[] {
	if (!failure) return [];
	const { file, firstLine, line } = failure;
	const from = Math.max(firstLine, line - LINES_AROUND);
	const shown = text.split(/\r?\n/).slice(from - firstLine, line + LINES_AROUND + 1 - firstLine);
	const width = String(from + shown.length - 1).length;
	const lines = shown.map((code, index) => `${from + index === line ? '>' : ' '} ${String(from + index).padStart(width)} | ${code}`.trimEnd());
	return [fenced(`${file}:${line}`, 'text', lines.join('\n'))];
}
