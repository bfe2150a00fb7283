import { CoordinatorError } from '#core/base/errors';
import type { AnswerNotice, AugmentedQuestion } from '#core/domain/answer';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { EndpointDescription } from '#core/domain/modelInfo';
import type { AskQuery } from '#core/domain/requests';
import type { Settings } from '#core/settings';
import type { FoundCode } from '../search/searchCode.ts';

/** That a model could not be looked up, which costs the model and not the answer. */
export function failedLookup(model: string, error: unknown): AnswerNotice {
	const { code, message } = CoordinatorError.is(error) ? error : { code: 'server-error', message: error instanceof Error ? error.message : String(error) };
	return { code: 'model-failed', model, message, errorCode: code };
}

/** Servers of the settings that do not answer, for a question that no model is there for. */
export function silentServers(endpoints: readonly EndpointDescription[]): AnswerNotice[] {
	return endpoints
		.filter(({ health }) => health.state === 'down')
		.map(({ key, health }) => ({ code: 'model-failed', model: key, message: health.errorMessage ?? '', errorCode: health.errorCode ?? 'server-unreachable' }));
}

/** What the user should know about how the context was found. */
export function noticesOf(found: FoundCode, question: AugmentedQuestion, query: AskQuery, status: IndexStatus, settings: Settings): AnswerNotice[] {
	const notices: AnswerNotice[] = [];
	if (!settings.isTrusted) notices.push({ code: 'untrusted-workspace' });
	if (status.phase === 'not-indexed' && !status.isSearchable) notices.push({ code: 'no-index' });
	else if (question.code.length + question.attached.length === 0) notices.push({ code: 'nothing-found' });
	if (question.withheld.length > 0) notices.push({ code: 'secret-withheld', paths: question.withheld });
	if (!status.isSearchable && status.progress) notices.push({ code: 'index-incomplete', done: status.progress.done, total: status.progress.total });
	if (found.lexicalOnly !== null && settings.embedding.provider !== 'none') notices.push({ code: 'lexical-only', reason: found.lexicalOnly });
	if (query.command === 'explain' && query.model === null) notices.push({ code: 'not-explained' });
	return notices;
}
