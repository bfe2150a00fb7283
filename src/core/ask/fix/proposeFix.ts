import type { AnswerSummary } from '#core/domain/answer';
import type { FixProposal, FixRequest } from '#core/domain/fix';
import type { Attachment } from '#core/domain/question';
import type { AskQuery } from '#core/domain/requests';
import { isSecretPath } from '#core/domain/secretFiles';
import { checkFiles, type RefusedFix } from './checkFiles.ts';
import type { FindFixFile } from './findFixFile.ts';
import { askAgain, fixQuestion } from './fixQuestion.ts';
import type { SyntaxCheck } from './keepsSyntax.ts';
import { parseFix } from './parseFix.ts';

/** Answers that are asked for: a model that got the form wrong gets it right when told. */
const ATTEMPTS = 2;

/**
 * Has a model fix diagnostics: ask → parse → check, once more where an edit does not apply. Rejects as asking does where the model gives nothing;
 * cancelling is a refusal.
 */
export async function proposeFix(
	request: FixRequest,
	options: {
		readonly ask: (query: AskQuery, signal?: AbortSignal) => Promise<AnswerSummary>;
		readonly uuid: () => string;
		/** For files of a language, by the editor's id of it. */
		readonly syntaxCheck: (language: string) => SyntaxCheck;
		readonly findFile: FindFixFile;
		readonly signal?: AbortSignal;
	},
): Promise<FixProposal> {
	const { ask, uuid, syntaxCheck, findFile, signal } = options;
	let question = fixQuestion(request, []);
	const refuse = ({ refused, file }: RefusedFix, explanation = ''): FixProposal => {
		return { status: 'refused', interactionId: question.interactionId, reason: refused, file, explanation };
	};
	if (isSecretPath(request.path)) return refuse({ refused: 'secret-file', file: null });
	question = fixQuestion(request, await openPlaces(request, findFile));
	let refusal: RefusedFix = { refused: 'no-edit', file: null };
	let last: AnswerSummary | null = null;
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		if (last) question = askAgain(question, uuid(), last, refusal);
		const answer = await ask(question, signal);
		const { model, text } = answer;
		if (answer.endReason === 'cancelled') return refuse({ refused: 'cancelled', file: null });
		if (!model) return refuse({ refused: 'no-model', file: null });
		const parsed = parseFix(text);
		const find = (name: string) => findFile(name, { request, model });
		const checked = parsed ? await checkFiles(parsed.edits, request, { find, syntaxCheck }) : { refused: 'no-edit' as const, file: null };
		if (parsed && 'files' in checked) {
			const { files } = checked;
			return { status: 'proposed', interactionId: question.interactionId, files, explanation: parsed.explanation, model: model.label, sentTo: answer.sentTo };
		}
		if ('refused' in checked) refusal = checked;
		last = answer;
	}
	return refuse(refusal, last?.text);
}

/** The related places that any model may see: what the editor names by itself must neither leave the machine nor keep the whole question on it. */
async function openPlaces(request: FixRequest, findFile: FindFixFile): Promise<readonly Attachment[]> {
	const found = await Promise.all((request.related ?? []).map(async (place) => ({ place, ...(await findFile(place.path, { request, model: { isRemote: true } })) })));
	return found.flatMap(({ place, ...one }) => ('file' in one && one.file.path !== request.path ? [place] : []));
}
