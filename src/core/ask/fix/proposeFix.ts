import type { AnswerSummary } from '#core/domain/answer';
import type { FixProposal, FixRefusal, FixRequest } from '#core/domain/fix';
import type { AskQuery } from '#core/domain/requests';
import { isSecretPath } from '#core/domain/secretFiles';
import { checkFix } from './checkFix.ts';
import { askAgain, fixQuestion } from './fixQuestion.ts';
import type { SyntaxCheck } from './keepsSyntax.ts';
import { parseFix } from './parseFix.ts';

/** Answers that are asked for: a model that got the form wrong gets it right when told. */
const ATTEMPTS = 2;

/**
 * Has a model fix diagnostics: ask → parse → check, once more where the edit does not apply. Rejects as asking does where the model gives nothing;
 * cancelling is a refusal.
 */
export async function proposeFix(
	request: FixRequest,
	options: {
		readonly ask: (query: AskQuery, signal?: AbortSignal) => Promise<AnswerSummary>;
		readonly uuid: () => string;
		readonly keepsSyntax: SyntaxCheck;
		readonly signal?: AbortSignal;
	},
): Promise<FixProposal> {
	const { ask, uuid, keepsSyntax, signal } = options;
	let question = fixQuestion(request);
	const refuse = (reason: FixRefusal, explanation = ''): FixProposal => ({ status: 'refused', interactionId: question.interactionId, reason, explanation });
	if (isSecretPath(request.path)) return refuse('secret-file');
	let reason: FixRefusal = 'no-edit';
	let text = '';
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		if (attempt > 0) question = askAgain(question, uuid(), text, reason);
		const answer = await ask(question, signal);
		if (answer.endReason === 'cancelled') return refuse('cancelled');
		if (!answer.model) return refuse('no-model');
		text = answer.text;
		const parsed = parseFix(text);
		const checked = parsed ? await checkFix(request.text, parsed.edits, keepsSyntax) : { refused: 'no-edit' as const };
		if (parsed && 'edits' in checked) {
			const { edits } = checked;
			return { status: 'proposed', interactionId: question.interactionId, edits, explanation: parsed.explanation, model: answer.model.label, sentTo: answer.sentTo };
		}
		if ('refused' in checked) reason = checked.refused;
	}
	return refuse(reason, text);
}
