import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SIGNAL_KINDS, type Signal } from '#core/domain/outcome';
import { combineSignals } from '#core/learn/outcome/combineSignals';
import { DEFAULT_SETTINGS } from '#core/settings';

const { weights } = DEFAULT_SETTINGS.learning;
let count = 0;
const signal = (kind: Signal['kind'], value: number, more: Partial<Signal> = {}): Signal => ({
	id: `s${count++}`,
	interactionId: 'i',
	kind,
	value,
	subject: null,
	source: 'user',
	timeMs: count,
	...more,
});
const combine = (...signals: readonly Signal[]) => combineSignals(signals, weights);

describe('combineSignals', () => {
	test('says nothing while nothing was heard', () => {
		expect(combine()).toEqual({ label: null, probability: 0.5, userFeedback: 0, isConfirmed: false });
	});

	test('calls an edit that was applied, survived and cleared its diagnostic a success', () => {
		expect(combine(signal('edit-applied', 1), signal('edit-survived', 1), signal('diagnostics', 1))).toMatchObject({ label: 'success', userFeedback: 0 });
	});

	test('calls an answer that was reverted a failure, though it was applied', () => {
		expect(combine(signal('edit-applied', 1), signal('edit-reverted', -1), signal('diagnostics', -1)).label).toBe('failure');
	});

	test('calls contradictory evidence partial', () => {
		expect(combine(signal('thumbs', 1), signal('edit-reverted', -1)).label).toBe('partial');
	});

	test('takes the newest of a kind: a changed mind replaces', () => {
		expect(combine(signal('thumbs', 1), signal('thumbs', -1))).toMatchObject({ label: 'failure', userFeedback: -1 });
		expect(combine(signal('thumbs', -1), signal('thumbs', 0))).toMatchObject({ userFeedback: 0, probability: 0.5 });
	});

	test('lets no burst of one kind outweigh the rest', () => {
		const burst = Array.from({ length: 1_000 }, (_, index) => signal('follow-up', 1, { subject: `turn ${index}` }));
		expect(combine(...burst, signal('edit-reverted', -1), signal('diagnostics', -1)).label).toBe('failure');
		const thumbs = Array.from({ length: 1_000 }, (_, index) => signal('thumbs', 1, { subject: `${index}` }));
		expect(combine(...thumbs, signal('edit-reverted', -1), signal('diagnostics', -1), signal('task', -1)).label).not.toBe('success');
	});

	test('lets no agent that calls itself successful outweigh one thumb of the user', () => {
		const flood = Array.from({ length: 500 }, (_, index) => SIGNAL_KINDS.map((kind) => signal(kind, 1, { source: `agent:${index}`, subject: `${index}` }))).flat();
		expect(combine(...flood, signal('thumbs', -1)).probability).toBeLessThan(0.5);
		expect(combine(...flood)).toMatchObject({ label: 'partial', isConfirmed: false });
		expect(combine(...flood, signal('diagnostics', 1, { source: 'editor' })).isConfirmed).toBe(true);
		expect(combine(...flood, signal('thumbs', -1)).userFeedback).toBe(-1);
	});

	test('gives a probability, whatever comes in whatever order', () => {
		const signals = fc.array(
			fc.record({
				id: fc.uuid(),
				interactionId: fc.constant('i'),
				kind: fc.constantFrom(...SIGNAL_KINDS),
				value: fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.double()),
				subject: fc.option(fc.constantFrom('a', 'b')),
				source: fc.constantFrom('user', 'editor', 'agent:x', 'agent:y'),
				timeMs: fc.nat(5),
			}),
			{ maxLength: 30 },
		);
		fc.assert(
			fc.property(signals, (list) => {
				const { probability, label } = combineSignals(list, weights);
				expect(probability).toBeGreaterThan(0);
				expect(probability).toBeLessThan(1);
				const backwards = combineSignals([...list].reverse(), weights);
				expect(backwards.label).toBe(label);
				expect(backwards.probability).toBeCloseTo(probability, 10);
			}),
		);
	});
});
