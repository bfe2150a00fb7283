import { describe, expect, it } from 'vitest';
import { OfferMemory } from '#extension/fixes/offerMemory';

function scene() {
	let nowMs = 0;
	const asked: { readonly answer: (offers: readonly string[]) => void; readonly fail: () => void }[] = [];
	const memory = new OfferMemory<string>({ freshMs: 1_000, nowMs: () => nowMs });
	const ask = () => new Promise<readonly string[]>((resolve, reject) => asked.push({ answer: resolve, fail: () => reject(new Error('away')) }));
	const never = new Promise<void>(() => undefined);
	return { memory, asked, later: (ms: number) => (nowMs += ms), get: (state: string, late = never) => memory.offers(state, { ask, late }) };
}

describe('OfferMemory', () => {
	it('asks once for a state, also where several want it at the same time', async () => {
		const { asked, get } = scene();
		const both = [get('a'), get('a')];
		asked[0]?.answer(['fix']);
		expect(await Promise.all(both)).toEqual([['fix'], ['fix']]);
		expect(await get('a')).toEqual(['fix']);
		expect(asked).toHaveLength(1);
	});

	it('offers what came late to the next that asks', async () => {
		const { asked, get } = scene();
		expect(await get('a', Promise.resolve())).toEqual([]);
		asked[0]?.answer(['fix']);
		expect(await get('a')).toEqual(['fix']);
		expect(asked).toHaveLength(1);
	});

	it('offers the same for the same state while it asks anew, and where that fails', async () => {
		const { asked, get, later } = scene();
		const first = get('a');
		asked[0]?.answer(['fix']);
		await first;
		later(1_000);
		expect(await get('a', Promise.resolve())).toEqual(['fix']);
		expect(asked).toHaveLength(2);
		asked[1]?.fail();
		expect(await get('a')).toEqual(['fix']);
	});

	it('asks for another state, after a failure, and after it forgot', async () => {
		const { memory, asked, get } = scene();
		const failing = get('a');
		asked[0]?.fail();
		expect(await failing).toEqual([]);
		const again = get('a');
		asked[1]?.answer(['fix']);
		expect(await again).toEqual(['fix']);
		const other = get('b');
		asked[2]?.answer([]);
		expect(await other).toEqual([]);
		memory.clear();
		void get('a');
		expect(asked).toHaveLength(4);
	});
});
