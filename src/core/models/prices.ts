import type { ModelPrice, UserPrice } from '#core/domain/modelInfo';

const ANTHROPIC = { host: 'api.anthropic.com', asOf: '2026-03-21' } as const;
const OPENAI = { host: 'api.openai.com', asOf: '2026-03-21' } as const;
/** The day on which they were announced; nothing newer was found that says otherwise. */
const OPENAI_EMBEDDING = { host: 'api.openai.com', asOf: '2024-01-25' } as const;
const DEEPSEEK = { host: 'api.deepseek.com', asOf: '2025-12-09' } as const;

/**
 * List prices in US dollars for a million tokens, without discounts for caches and batches, by provider and the start of a model's name; the
 * longest start that fits counts. `asOf` is the day for which the price was stated; later models are not here, so their price is unknown.
 */
const TABLE: readonly { readonly at: { readonly host: string; readonly asOf: string }; readonly name: string; readonly input: number; readonly output: number }[] = [
	{ at: ANTHROPIC, name: 'claude-opus-4-6', input: 5, output: 25 },
	{ at: ANTHROPIC, name: 'claude-opus-4-5', input: 5, output: 25 },
	{ at: ANTHROPIC, name: 'claude-opus-4-1', input: 15, output: 75 },
	{ at: ANTHROPIC, name: 'claude-opus-4-2025', input: 15, output: 75 },
	{ at: ANTHROPIC, name: 'claude-opus-4-0', input: 15, output: 75 },
	{ at: ANTHROPIC, name: 'claude-sonnet-4-6', input: 3, output: 15 },
	{ at: ANTHROPIC, name: 'claude-sonnet-4-5', input: 3, output: 15 },
	{ at: ANTHROPIC, name: 'claude-sonnet-4-2025', input: 3, output: 15 },
	{ at: ANTHROPIC, name: 'claude-sonnet-4-0', input: 3, output: 15 },
	{ at: ANTHROPIC, name: 'claude-haiku-4-5', input: 1, output: 5 },
	{ at: ANTHROPIC, name: 'claude-3-haiku', input: 0.25, output: 1.25 },
	{ at: OPENAI, name: 'gpt-5.4', input: 2.5, output: 15 },
	{ at: OPENAI, name: 'gpt-5', input: 1.25, output: 10 },
	{ at: OPENAI, name: 'gpt-5-mini', input: 0.25, output: 2 },
	{ at: OPENAI, name: 'gpt-5-nano', input: 0.05, output: 0.4 },
	{ at: OPENAI, name: 'gpt-4.1', input: 2, output: 8 },
	{ at: OPENAI, name: 'gpt-4.1-mini', input: 0.4, output: 1.6 },
	{ at: OPENAI, name: 'gpt-4.1-nano', input: 0.1, output: 0.4 },
	{ at: OPENAI, name: 'gpt-4o', input: 2.5, output: 10 },
	{ at: OPENAI, name: 'gpt-4o-mini', input: 0.15, output: 0.6 },
	{ at: OPENAI, name: 'o3', input: 2, output: 8 },
	{ at: OPENAI, name: 'o4-mini', input: 1.1, output: 4.4 },
	{ at: OPENAI_EMBEDDING, name: 'text-embedding-3-small', input: 0.02, output: 0 },
	{ at: OPENAI_EMBEDDING, name: 'text-embedding-3-large', input: 0.13, output: 0 },
	{ at: OPENAI_EMBEDDING, name: 'text-embedding-ada-002', input: 0.1, output: 0 },
	{ at: DEEPSEEK, name: 'deepseek-chat', input: 0.28, output: 0.42 },
	{ at: DEEPSEEK, name: 'deepseek-reasoner', input: 0.28, output: 0.42 },
];

/**
 * The price of a model: what the user set for its id or name (`*` stands for anything; an exact name wins), 0 on this machine, what the table
 * says for its provider, else null. A name of the table counts for itself and its dated versions only: `gpt-4o` is not the price of `gpt-4o-audio`.
 */
export function priceOf(
	model: { readonly id: string; readonly name: string; readonly host: string; readonly isRemote: boolean },
	userPrices: Readonly<Record<string, UserPrice>>,
): ModelPrice | null {
	const user = userPriceOf(model, userPrices);
	if (user) return { ...user, source: 'user' };
	if (!model.isRemote) return { inputUsdPerMillion: 0, outputUsdPerMillion: 0, asOf: LOCAL_AS_OF, source: 'local' };
	const row = TABLE.find(({ at, name }) => at.host === model.host && isVersionOf(model.name, name));
	return row ? { inputUsdPerMillion: row.input, outputUsdPerMillion: row.output, asOf: row.at.asOf, source: 'table' } : null;
}

/** What runs on the user's own machine costs nothing on any day. */
const LOCAL_AS_OF = '1970-01-01';

function userPriceOf(model: { readonly id: string; readonly name: string }, prices: Readonly<Record<string, UserPrice>>): UserPrice | null {
	const fits = Object.entries(prices).filter(([pattern]) => [model.id, model.name].some((text) => matches(pattern, text)));
	const wildcards = (pattern: string) => pattern.split('*').length - 1;
	fits.sort(([a], [b]) => wildcards(a) - wildcards(b) || b.length - a.length);
	return fits[0]?.[1] ?? null;
}

function matches(pattern: string, text: string): boolean {
	const source = pattern
		.split('*')
		.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
		.join('.*');
	return new RegExp(`^${source}$`, 'i').test(text);
}

function isVersionOf(name: string, known: string): boolean {
	return name === known || (name.startsWith(known) && /^(?:\d*|-latest|-\d{4}-?\d{2}-?\d{2}|-\d{4})$/.test(name.slice(known.length)));
}
