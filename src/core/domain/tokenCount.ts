let counting: Promise<(text: string) => number> | undefined;

/**
 * A counter of o200k tokens, the vocabulary of current OpenAI models and close to that of others. Loaded at first use (about half a second
 * and 100 MB while it loads): ask for it before it is needed. Names of special tokens in a text count as plain text.
 */
export function loadTokenCounter(): Promise<(text: string) => number> {
	counting ??= import('gpt-tokenizer/encoding/o200k_base').then(({ countTokens }) => {
		const options = { disallowedSpecial: new Set<string>() };
		return (text: string) => countTokens(text, options);
	});
	return counting;
}

/** Number of o200k tokens of a text. */
export async function estimateTokens(text: string): Promise<number> {
	return (await loadTokenCounter())(text);
}
