import type { Schemas } from '@qdrant/js-client-rest';
import type { Filter, FilterCondition } from '../vectorStore.ts';
import { readableTenants, type Tenancy } from './tenancy.ts';

export type QdrantFilter = Schemas['Filter'];
type QdrantCondition = Schemas['Condition'];

/** Our filter in the server's words, confined to tenants: no request goes without. Ids are ours, which the payload has. */
export function toQdrantFilter(
	filter: Filter | undefined,
	tenants: readonly string[],
	more: { readonly must?: readonly QdrantCondition[]; readonly must_not?: readonly QdrantCondition[] } = {},
): QdrantFilter {
	const should = (filter?.should ?? []).map(toCondition);
	const mustNot = [...(more.must_not ?? []), ...(filter?.must_not ?? []).map(toCondition)];
	return {
		must: [{ key: 'tenant', match: { any: [...tenants] } }, ...(more.must ?? []), ...(filter?.must ?? []).map(toCondition)],
		...(should.length > 0 ? { should } : {}),
		...(mustNot.length > 0 ? { must_not: mustNot } : {}),
	};
}

/** Confined to what the user may change: what a team shares belongs to one of them. */
export function ownFilter(filter: Filter, tenancy: Tenancy, more: Parameters<typeof toQdrantFilter>[2] = {}): QdrantFilter {
	return toQdrantFilter(filter, readableTenants(tenancy), { ...more, must: [{ key: 'owner', match: { value: tenancy.user } }, ...(more.must ?? [])] });
}

function toCondition(condition: FilterCondition): QdrantCondition {
	if ('has_id' in condition) return { key: 'point_id', match: { any: [...condition.has_id] } };
	if ('range' in condition) return { key: condition.key, range: condition.range };
	const { match } = condition;
	if ('value' in match)
		return typeof match.value === 'number' && !Number.isInteger(match.value)
			? { key: condition.key, range: { gte: match.value, lte: match.value } }
			: { key: condition.key, match: { value: match.value } };
	return anyOf(condition.key, match.any);
}

/** The server takes lists of texts or of whole numbers, not of both. */
function anyOf(key: string, wanted: readonly (string | number)[]): QdrantCondition {
	const texts = wanted.filter((value) => typeof value === 'string');
	const numbers = wanted.filter((value) => typeof value === 'number');
	if (numbers.length === 0) return { key, match: { any: texts } };
	if (texts.length === 0) return { key, match: { any: numbers } };
	return {
		should: [
			{ key, match: { any: texts } },
			{ key, match: { any: numbers } },
		],
	};
}
