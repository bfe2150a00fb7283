/** Calls `work` again after a failure, waiting 100 ms, 200 ms, 400 ms … between the tries; the last failure is thrown. */
export async function withRetry<T>(work: () => Promise<T>, tries = 5): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await work();
		} catch (error) {
			if (attempt === tries) throw error;
			await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** (attempt - 1)));
		}
	}
}
