import { CoordinatorError } from './base/errors.ts';

/** Damage that a question meets is repaired as well; the question itself is lost. `repair`: whether it was damage, and is being seen to. */
export function repairing(repair: (error: CoordinatorError) => boolean): <T>(work: Promise<T>) => Promise<T> {
	return async (work) => {
		try {
			return await work;
		} catch (error) {
			if (!CoordinatorError.is(error) || !repair(error)) throw error;
			throw new CoordinatorError('index-rebuilt', 'The index was damaged and is being built anew; ask again in a moment.', {
				cause: error,
				details: error.details,
				isRetryable: true,
			});
		}
	};
}
