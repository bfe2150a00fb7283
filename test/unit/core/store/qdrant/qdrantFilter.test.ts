import { describe, expect, test } from 'vitest';
import { ownFilter, toQdrantFilter } from '#core/store/qdrant/qdrantFilter';
import type { Filter } from '#core/store/vectorStore';
import { recorded } from '../../../../support/recordedQdrant.ts';

const CONFINED = { key: 'tenant', match: { any: ['user:ada', 'team:blue'] } };
const filterOf = (filter: Filter) => toQdrantFilter(filter, ['user:ada', 'team:blue']);

describe('filters of a Qdrant server', () => {
	test.each([
		[
			'filter must match',
			{
				must: [
					{ key: 'workspace_id', match: { value: 'ws-a' } },
					{ key: 'language', match: { value: 'python' } },
				],
			},
		],
		[
			'filter should',
			{
				should: [
					{ key: 'language', match: { value: 'go' } },
					{ key: 'language', match: { value: 'python' } },
				],
			},
		],
		['filter match any', { must: [{ key: 'language', match: { any: ['go', 'python'] } }] }],
		['filter range integer', { must: [{ key: 'access_count', range: { gt: 30 } }] }],
	] satisfies [string, Filter][])('are those that a server took: %s', (name, filter) => {
		const { filter: taken } = recorded(name).requestBody as { readonly filter: { readonly must?: readonly unknown[] } };
		expect(filterOf(filter)).toEqual({ ...taken, must: [CONFINED, ...(taken.must ?? [])] });
	});

	test('are confined to tenants, whatever they say', () => {
		expect(toQdrantFilter(undefined, ['user:ada'])).toEqual({ must: [{ key: 'tenant', match: { any: ['user:ada'] } }] });
		expect(filterOf({ must: [{ key: 'tenant', match: { value: 'user:bob' } }] }).must).toEqual([CONFINED, { key: 'tenant', match: { value: 'user:bob' } }]);
		expect(filterOf({ should: [] })).toEqual({ must: [CONFINED] });
	});

	test('confine changes to what the user owns', () => {
		expect(ownFilter({}, { user: 'ada', team: 'blue' })).toEqual({ must: [CONFINED, { key: 'owner', match: { value: 'ada' } }] });
	});

	test('find points by our ids, and mixed lists in two', () => {
		expect(filterOf({ must_not: [{ has_id: ['a', 'b'] }] }).must_not).toEqual([{ key: 'point_id', match: { any: ['a', 'b'] } }]);
		expect(filterOf({ must: [{ key: 'x', match: { any: ['a', 1] } }] }).must).toEqual([
			CONFINED,
			{
				should: [
					{ key: 'x', match: { any: ['a'] } },
					{ key: 'x', match: { any: [1] } },
				],
			},
		]);
	});
});
