import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import type { AnswerNotice, AnswerSummary } from '#core/domain/answer';
import type { Hit } from '#core/domain/hit';
import type { IndexProblem } from '#core/domain/indexStatus';
import type { StoredIndex } from '#core/domain/storedIndex';

/** What to do next, for the codes that have more to say than their message. */
const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
	'workspace-refused': 'Name a project folder with --workspace.',
	'database-newer': 'It was written by a newer version: update this one, or name another folder with --data-directory.',
	'database-corrupt': 'Move the file away to start afresh, or restore its backup beside it.',
	'shared-store-away': 'Searches are answered on this machine, and what is learned is delivered once the Qdrant server can be used again.',
	'index-rebuilt': 'Nothing is lost but the time to index again.',
	'database-locked': 'Another program holds it: close it, or try again in a moment.',
	'database-readonly': 'Make the folder writable, or name another with --data-directory.',
	'disk-full': 'Free some space and run the same command again: it goes on where it was.',
	'model-missing': 'Install the package again: a file of it is gone.',
	'model-damaged': 'Install the package again: a file of it has changed.',
	'server-unreachable': 'Start the server, or check its address.',
	'server-timeout': 'The server does not answer: look at its own log, or restart it.',
	'over-budget': 'Wait for the calls under way, or raise the limit.',
	'not-found': 'See `models` for what is there.',
	'invalid-argument': 'See --help.',
};

/** The same for a team's database, which is not on this machine. */
const DATABASE_STEPS: Partial<Record<ErrorCode, string>> = {
	'unauthorized': 'Set HYBRID_DATABASE_PASSWORD, or ask the owner of the database for the right.',
	'not-found': 'Make the database, or correct its name in HYBRID_DATABASE_URL.',
	'server-unreachable': 'Start the server, or check its address. What waits for it is kept.',
	'server-timeout': 'What waits for it is kept.',
};

/** The sentence a user gets for an error: what happened, and the next step where there is one. */
export function explainError(error: unknown): string {
	if (!CoordinatorError.is(error)) return error instanceof Error ? error.message : String(error);
	const next = (error.details.database === undefined ? NEXT_STEPS : DATABASE_STEPS)[error.code];
	return next ? `${error.message}\n${next}` : error.message;
}

/** The same for a problem of the index. */
export function explainProblem({ code, message }: IndexProblem): string {
	const next = NEXT_STEPS[code as ErrorCode];
	return next ? `${message} ${next}` : message;
}

/** Path with lines, symbol and relevance, then the text, indented. */
export function formatHit(hit: Hit): string {
	const place = `${hit.filePath}:${hit.startLine}-${hit.endLine}`;
	const symbol = hit.breadcrumb.length > 0 ? `  ${hit.breadcrumb.join(' › ')}` : '';
	return `${place}${symbol}  (${Math.round(hit.relevance * 100)}%)\n${hit.text.replace(/^/gm, '    ')}\n\n`;
}

/** Id, size and last use of a stored index, then the folders it is of. */
export function formatStoredIndex({ repositoryId, sizeBytes, lastUsedMs, folders }: StoredIndex): string {
	const places = folders.map((folder) => `    ${folder}\n`).join('');
	return `${repositoryId}  ${(sizeBytes / 1e6).toFixed(1)} MB  last used ${new Date(lastUsedMs).toISOString().slice(0, 10)}\n${places}`;
}

/** The closing line: which model, where it ran, what was sent. */
export function formatSummary(summary: AnswerSummary): string {
	const { model, usage, context, timings } = summary;
	const sent = `${context.chunks} pieces of ${context.files} files (${context.tokens} tokens)`;
	const left = summary.sentTo.length > 0 ? `sent to ${summary.sentTo.join(', ')}` : 'nothing left this machine';
	if (!model) return `No model, ${left}. Found ${sent} in ${Math.round(timings.searchMs)} ms.`;
	const tokens = usage ? `, ${usage.inputTokens} tokens in, ${usage.outputTokens} out${usage.isEstimate ? ' (estimated)' : ''}` : '';
	return `${model.label}: sent ${sent} to ${model.destination}${tokens}, ${(timings.totalMs / 1000).toFixed(1)} s.`;
}

/** A notice in words. */
export function noticeText(notice: AnswerNotice): string {
	switch (notice.code) {
		case 'no-model':
			return 'There is no model to ask, so the code found is the answer.';
		case 'not-explained':
			return 'No model was to be asked, so the code is shown and not explained.';
		case 'index-incomplete':
			return `The index is still being built (${notice.done} of ${notice.total}); asking again later may find more.`;
		case 'no-index':
			return 'Nothing is indexed yet.';
		case 'nothing-found':
			return 'Nothing in the workspace fits the question. Try the words that the code itself would use.';
		case 'secret-withheld':
			return `Not read and not sent, because the name says that it holds secrets: ${notice.paths.join(', ')}`;
		case 'lexical-only':
			return `Found by words only: ${notice.reason}`;
		case 'model-failed':
			return `${notice.model} did not answer: ${notice.message}`;
		case 'untrusted-workspace':
			return 'The workspace is not trusted: nothing was sent.';
		case 'local-only-withheld':
			return `Kept on this machine: ${notice.paths.join(', ')}`;
		case 'budget-reached':
			return `The limit of ${notice.limitUsd} $ a ${notice.period} is reached.`;
		case 'over-budget':
			return `${notice.model} was not asked: the spending limit does not leave what the call may cost, beside those under way.`;
		case 'cut-short':
			return {
				length: 'The answer was cut off at the longest that the model may give.',
				budget: 'The answer was cut off at what the spending limit leaves for one.',
				filter: 'The provider cut the answer off for what it says.',
			}[notice.reason];
		case 'context-shortened':
			return `The context was too long for the model; ${notice.tokens} tokens of it were sent.`;
		case 'compressed':
			return `${notice.model} shortened the context from ${notice.tokensBefore} to ${notice.tokensAfter} tokens.`;
		case 'not-compressed':
			return `The context was sent whole, since shortening it did not work out (${notice.reason}).`;
		case 'from-cache':
			return `The same question was answered at ${new Date(notice.timeMs).toISOString()}; this is that answer.`;
		case 'control':
			return 'Sent without code, as a small random share is, to measure what the code is worth.';
	}
}
