import type { AskPart, AugmentedQuestion } from '#core/domain/answer';
import type { AskQuery } from '#core/domain/requests';
import { formatAttached, formatHit } from '../augment/buildPrompt.ts';

/** The code that was found, as the answer; of an explanation, first the code that was to be explained. Returns its text. */
export function codeAnswer(question: AugmentedQuestion, { command }: Pick<AskQuery, 'command'>, onPart: (part: AskPart) => void): string {
	const attached = command === 'explain' ? question.attached.map(formatAttached).join('\n\n') : '';
	const found = question.code.map(formatHit).join('\n\n');
	if (attached !== '') {
		onPart({ type: 'section', section: 'attached' });
		onPart({ type: 'delta', text: attached });
		if (found !== '') onPart({ type: 'section', section: 'related' });
	}
	if (found !== '') onPart({ type: 'delta', text: found });
	return [attached, found].filter((text) => text !== '').join('\n\n');
}
