import { isCancellation } from '#core/base/abort';
import { CoordinatorError, type ErrorCode } from '#core/base/errors';
import type { IndexStatus } from '#core/domain/indexStatus';

/** What a model should try next, for the codes that have more to say than their message. */
const NEXT_STEPS: Partial<Record<ErrorCode, string>> = {
	'cancelled': 'Call the tool again if the result is still wanted.',
	'workspace-refused': 'The folder is too wide to be indexed. Ask the user to start this server with --workspace set to a project folder.',
	'database-newer': 'Ask the user to update the Hybrid Coordinator that runs this server.',
	'database-corrupt': 'Ask the user to look at the data directory; other tools that need no index may still work.',
	'shared-store-away': 'Searches are answered on this machine meanwhile; go on.',
	'index-rebuilt': 'Call the tool again in a minute; index_status tells how far it is.',
	'database-locked': 'Another program holds the index. Call the tool again in a few seconds.',
	'database-readonly': 'Ask the user to make the data directory writable.',
	'disk-full': 'Ask the user to free disk space, then call the tool again.',
	'model-missing': 'Ask the user to install the Hybrid Coordinator again.',
	'model-damaged': 'Ask the user to install the Hybrid Coordinator again.',
	'server-unreachable': 'Go on without it: search_context finds by words alone.',
	'server-timeout': 'Call the tool again, or go on without it.',
	'internal': 'Call another tool, and tell the user that this one failed.',
};

/** What happened and what to try next, for a model to read. No stack, and nothing of a foreign error's data. */
export function explainToModel(error: unknown): string {
	if (isCancellation(error)) return `The call was cancelled. ${NEXT_STEPS.cancelled}`;
	const known = CoordinatorError.is(error) ? error : new CoordinatorError('internal', `The tool failed: ${error instanceof Error ? error.message : String(error)}.`);
	const next = NEXT_STEPS[known.code];
	return next ? `${known.message} ${next}` : known.message;
}

/** What a model should know about how complete an answer is. Empty where it is complete. */
export function indexNotices({ phase, isSearchable, progress, vectors, problems }: IndexStatus): string[] {
	const notices: string[] = [];
	if (!isSearchable && phase !== 'stopped') {
		const share = progress ? ` (${progress.done} of ${progress.total})` : '';
		notices.push(`The index is still being built${share}: results may be missing. Call again later.`);
	} else if (vectors.done < vectors.total && phase === 'embedding') {
		notices.push(`Meaning is known of ${vectors.done} of ${vectors.total} pieces so far; the rest is found by words.`);
	}
	for (const { message } of problems) notices.push(`Problem of the index: ${message}`);
	return notices;
}
