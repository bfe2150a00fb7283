import { CoordinatorError } from '#core/base/errors';
import type { IndexProblem } from '#core/domain/indexStatus';

/** What failed, as the status shows it. */
export function toProblem(error: unknown): IndexProblem {
	if (CoordinatorError.is(error)) return { code: error.code, message: error.message, details: error.details };
	return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
