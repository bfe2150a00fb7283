import { describe, expect, it } from 'vitest';
import { FixVerdict } from '#extension/outcomes/fixVerdict';

const file = (uri: string) => ({ uri, before: `${uri} old`, after: `${uri} new` });

describe('what is held of a fix', () => {
	function verdictOf(...uris: readonly string[]) {
		const told: (readonly [number | null, number | null])[] = [];
		const verdict = new FixVerdict(uris.map(file), (now, was) => told.push([now, was]));
		const step = (uri: string, text: string) => {
			verdict.stepped(uri, text);
			verdict.settle();
		};
		return { verdict, told, step };
	}

	it('is told once, with what it replaces', () => {
		const { verdict, told } = verdictOf('a');
		verdict.judged(1);
		verdict.judged(1);
		verdict.judged(-1);
		expect(told).toEqual([
			[1, null],
			[-1, 1],
		]);
	});

	it('is bad when the user undoes it, instead of good, and good again when it is back', () => {
		const { verdict, told, step } = verdictOf('a');
		verdict.judged(1);
		step('a', 'a old');
		step('a', 'a new');
		expect(told).toEqual([
			[1, null],
			[-1, 1],
			[1, -1],
		]);
	});

	it('is open again when what was not judged is undone and comes back', () => {
		const { told, step } = verdictOf('a');
		step('a', 'a old');
		step('a', 'a new');
		expect(told).toEqual([
			[-1, null],
			[null, -1],
		]);
	});

	it('is told when a row of steps is over, also of one that goes past the fix', () => {
		const { verdict, told } = verdictOf('a');
		verdict.stepped('a', 'a old');
		verdict.stepped('a', 'a new');
		verdict.settle();
		expect(told).toEqual([]);
		verdict.stepped('a', 'a old');
		verdict.stepped('a', 'older still');
		verdict.settle();
		expect(told).toEqual([[-1, null]]);
	});

	it('stays when other work is undone, when it was bad already, and when one of several files is undone', () => {
		const { verdict, told, step } = verdictOf('a', 'b');
		verdict.judged(-1);
		step('a', 'something else');
		step('a', 'a old');
		step('b', 'b old');
		expect(told).toEqual([[-1, null]]);
		const other = verdictOf('a', 'b');
		other.step('a', 'a old');
		expect(other.told).toEqual([]);
		other.step('b', 'b old');
		expect(other.told).toEqual([[-1, null]]);
	});
});
