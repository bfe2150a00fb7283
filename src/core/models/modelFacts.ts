import type { ModelRole } from '#core/domain/modelInfo';

/** Smallest model, in billions, that is asked to extract patterns: smaller ones seldom keep to the form. */
const EXTRACTION_BILLIONS = 3;

/** Billions of parameters by a model's name: `qwen2.5-coder:7b` 7, `mixtral-8x7b` 56, `smollm2:135m` 0.135. Null where it has no size. */
export function sizeOfName(name: string): number | null {
	const match = /(?:^|[^a-z0-9.])(?:(\d+)x)?e?(\d+(?:\.\d+)?)([bm])(?![a-z0-9])/i.exec(name);
	if (!match) return null;
	const [, experts, number, unit] = match;
	return Number(experts ?? 1) * (Number(number) / (unit?.toLowerCase() === 'm' ? 1_000 : 1));
}

/** The same of a server's own words: `7.6B`, `134.52M`, or a plain number of parameters. */
export function sizeOfParameters(parameters: string | number | null | undefined): number | null {
	if (typeof parameters === 'number') return parameters > 0 && Number.isFinite(parameters) ? round(parameters / 1e9) : null;
	const match = /^\s*(\d+(?:\.\d+)?)\s*([KMBT])/i.exec(parameters ?? '');
	if (!match) return null;
	const factors: Readonly<Record<string, number>> = { K: 1e-6, M: 1e-3, B: 1, T: 1e3 };
	return round(Number(match[1]) * (factors[match[2]?.toUpperCase() ?? ''] ?? 1));
}

/** A quantisation that a model's name holds, upper case: `Q4_K_M`, `FP16`. */
export function quantisationOfName(name: string): string | null {
	const match = /(?:^|[-_.:/ ])(I?Q\d(?:_[A-Z0-9]{1,3}){0,2}|B?F(?:P)?(?:16|32|8)|INT[48]|AWQ|GPTQ|MXFP4)(?![A-Z0-9])/i.exec(name);
	return match?.[1]?.toUpperCase() ?? null;
}

/** What a model is for, by its name and what its server says of it (`labels`, `capabilities`, `type`). */
export function rolesOf(name: string, words: readonly string[], place: { readonly isRemote: boolean; readonly sizeBillions: number | null }): readonly ModelRole[] {
	const has = (pattern: RegExp) => pattern.test(name) || words.some((word) => pattern.test(word));
	if (has(/embed|minilm|(?:^|[-/])(?:bge|e5|gte)-|rerank|arctic-embed/i)) return ['embedding'];
	const roles: ModelRole[] = [];
	const isCoder = has(/cod(?:e|ing)|devstral/i);
	const isReasoning = has(/(?:^|[-/:])(?:r1|o[134]|qwq)(?![a-z0-9])|reason|think|opus/i);
	if (!isCoder) roles.push('general');
	if (isCoder) roles.push('coder');
	if (isReasoning) roles.push('reasoning');
	if (!place.isRemote && (place.sizeBillions ?? EXTRACTION_BILLIONS) >= EXTRACTION_BILLIONS) roles.push('pattern-extraction');
	return roles;
}

function round(billions: number): number {
	return Number(billions.toPrecision(3));
}
