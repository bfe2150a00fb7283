import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChangeJudge, type ShownFiles } from '#extension/outcomes/changeJudge';
import type { SeenDiagnostic } from '#extension/outcomes/diagnosticChange';

const seen = (message: string): SeenDiagnostic => ({ file: 'a.ts', source: 'ts', code: '1', message, isSevere: true });
const view = (...ofFiles: readonly SeenDiagnostic[]) => ({ ofFiles, elsewhere: new Map<string, number>() });

describe('the judge of an edit', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	function judged(shown: Partial<ShownFiles>, inQuestion: readonly SeenDiagnostic[] = [seen('a')]) {
		const told: (number | 'stands' | 'ended')[] = [];
		const judge = new ChangeJudge({
			shown: { view: () => view(seen('a')), isTouched: () => false, hasLooked: () => true, ...shown },
			before: view(seen('a')),
			inQuestion,
			onJudged: (value) => told.push(value),
			onStanding: () => told.push('stands'),
			onEnded: () => {
				told.push('ended');
				judge.dispose();
			},
			quietMs: 10,
			watchedMs: 100,
		});
		return { judge, told };
	}

	it('says at the end that what was looked at again stands, and not before', () => {
		const { told } = judged({});
		vi.advanceTimersByTime(99);
		expect(told).toEqual([]);
		vi.advanceTimersByTime(1_000);
		expect(told).toEqual(['ended', 'stands']);
	});

	it('says nothing where nobody has looked, where the file was touched, and where it was for nothing', () => {
		for (const { told } of [judged({ hasLooked: () => false }), judged({}, [])]) {
			vi.advanceTimersByTime(1_000);
			expect(told).toEqual(['ended']);
		}
		const { told } = judged({ isTouched: () => true });
		vi.advanceTimersByTime(1_000);
		expect(told).toEqual(['ended']);
	});

	it('says what stayed, and does not call standing what was cleared or made worse', () => {
		for (const [now, value] of [
			[view(), 1],
			[view(seen('a'), seen('b')), -1],
		] as const) {
			const { told } = judged({ view: () => now });
			vi.advanceTimersByTime(1_000);
			expect(told).toEqual([value, 'ended']);
		}
	});

	it('takes an error that came back for standing', () => {
		let now = view();
		const { judge, told } = judged({ view: () => now });
		vi.advanceTimersByTime(20);
		expect(told).toEqual([1]);
		now = view(seen('a'));
		judge.reported();
		vi.advanceTimersByTime(1_000);
		expect(told).toEqual([1, 'ended', 'stands']);
	});

	it('waits at the end for what was reported this moment to stay', () => {
		let now = view(seen('a'));
		const { judge, told } = judged({ view: () => now });
		vi.advanceTimersByTime(95);
		judge.reported();
		vi.advanceTimersByTime(6);
		expect(told).toEqual([]);
		now = view();
		judge.reported();
		vi.advanceTimersByTime(1_000);
		expect(told).toEqual([1, 'ended']);
	});
});
