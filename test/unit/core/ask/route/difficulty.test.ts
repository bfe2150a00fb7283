import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complexityOf, difficultyOf } from '#core/ask/route/difficulty';
import { capabilityOf, priorSuccess } from '#core/ask/route/priorSuccess';
import { workKindOf } from '#core/ask/route/workKind';
import { localModel, remoteModel } from '../../../../support/routes.ts';

describe('how hard a question looks', () => {
	it('puts questions of a working day into three classes', () => {
		expect(['What is a hit?', 'Where is the timeout set?', 'Rename this variable to count'].map(complexityOf)).toEqual(['simple', 'simple', 'simple']);
		expect(complexityOf('Why does the upload fail when the file is larger than the limit, and where is the error swallowed? The log shows a timeout.')).toBe('medium');
		expect(complexityOf('Refactor the architecture of the scheduler across all services: no deadlocks, no lost jobs, and migration without downtime.')).toBe('complex');
	});

	it('is a finite number that does not fall when a question goes on', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (text, more) => {
				expect(difficultyOf(text)).toBeGreaterThanOrEqual(0);
				expect(difficultyOf(`${text}\n${more}.`)).toBeGreaterThanOrEqual(difficultyOf(text));
			}),
		);
	});

	it('looks through a hundred thousand characters of anything quickly enough to be asked at every question', () => {
		for (const text of ['a'.repeat(100_000), ', '.repeat(50_000), 'I '.repeat(50_000)]) expect(Number.isFinite(difficultyOf(text))).toBe(true);
	});
});

describe('what is presumed of a model', () => {
	it('grows with size, and falls with difficulty more steeply for a small model', () => {
		const sized = (sizeBillions: number) => capabilityOf({ ...localModel, sizeBillions });
		expect([sized(7), sized(70)].map((value) => Number(value.toFixed(2)))).toEqual([0.2, 0.55]);
		expect(capabilityOf(remoteModel)).toBeGreaterThan(sized(70));
		const fall = (capability: number) => priorSuccess(capability, 4) - priorSuccess(capability, 9);
		expect(fall(sized(7))).toBeGreaterThan(2 * fall(capabilityOf(remoteModel)));
	});

	it('is a probability for every size and difficulty', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 40, noNaN: true }), (sizeBillions, difficulty) => {
				const prior = priorSuccess(capabilityOf({ ...localModel, sizeBillions }), difficulty);
				expect(prior).toBeGreaterThan(0);
				expect(prior).toBeLessThan(1);
			}),
		);
	});
});

describe('the kind of work', () => {
	it.each([
		['Explain this function', 'explain'],
		['Where is the config read?', 'locate'],
		['Fix the crash on start', 'fix'],
		['Write unit tests for the parser', 'test'],
		['Refactor the queue', 'refactor'],
		['Which architecture fits a plugin system?', 'design'],
		['Implement a cache', 'write'],
		['hello', 'other'],
	] as const)('of “%s” is %s', (text, kind) => {
		expect(workKindOf(text)).toBe(kind);
	});
});
