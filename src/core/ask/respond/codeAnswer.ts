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
function formatFailed({ title, text, failedAt }: AttachedText): string[] {
	const place = /^(.*):(\d+)-\d+$/s.exec(title);
	if (failedAt === undefined || !place) return [];
	const [, name = '', firstLine] = place;
	const start = Math.max(0, failedAt - LINES_AROUND);
	const shown = text.split(/\r?\n/).slice(start, failedAt + LINES_AROUND + 1);
	const numberOf = (index: number) => Number(firstLine) + start + index;
	const width = String(numberOf(shown.length - 1)).length;
	const lines = shown.map((line, index) => `${start + index === failedAt ? '>' : ' '} ${String(numberOf(index)).padStart(width)} | ${line}`.trimEnd());
	return [fenced(`${name}:${Number(firstLine) + failedAt}`, 'text', lines.join('\n'))];
}
