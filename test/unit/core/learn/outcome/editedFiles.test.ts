import { describe, expect, test } from 'vitest';
import type { Signal } from '#core/domain/outcome';
import { combineSignals } from '#core/learn/outcome/combineSignals';
import { editedFiles, withEdit } from '#core/learn/outcome/editedFiles';
import { DEFAULT_SETTINGS } from '#core/settings';

const { weights } = DEFAULT_SETTINGS.learning;
const edit = (subject: string, value: number, more: Partial<Signal> = {}): Signal => ({
	...{ id: `${subject}${value}${more.source}${more.timeMs}`, interactionId: 'i', kind: 'edited-after', value, subject, source: 'editor', timeMs: 1 },
	...more,
});
const oddsOf = (...signals: readonly Signal[]) => editedFiles(signals, weights).map(({ place, logOdds }) => [place, logOdds]);

describe('files that were edited after a question', () => {
	test('say nothing of how good the answer was', () => {
		expect(combineSignals([edit('a', 1)], weights)).toEqual({ label: null, probability: 0.5, userFeedback: 0, isConfirmed: false });
	});

	test('count when saved, more when committed, and not when taken back: the newest word counts', () => {
		expect(oddsOf(edit('a', 0.5))).toEqual([['a', weights['edited-after'] / 2]]);
		expect(oddsOf(edit('a', 0.5), edit('a', 1, { timeMs: 2 }))).toEqual([['a', weights['edited-after']]]);
		expect(oddsOf(edit('a', 1), edit('a', 0, { timeMs: 2 }))).toEqual([]);
		expect(oddsOf(edit('a', 1000), edit('b', Number.NaN), edit('c', -1))).toEqual([['a', weights['edited-after']]]);
	});

	test('weigh less than an edit of the answer that was applied and survived, and saved ones less than one that was applied', () => {
		expect(weights['edited-after']).toBeLessThan(weights['edit-applied'] + weights['edit-survived']);
		expect(weights['edited-after'] / 2).toBeLessThan(weights['edit-applied']);
	});

	test('weigh little by the word of an agent, and no more for saying it again', () => {
		const [[, byAgent] = []] = oddsOf(edit('a', 1, { source: 'agent:x' }));
		expect(byAgent).toBeCloseTo(0.3 * weights['edited-after'], 9);
		const many = Array.from({ length: 50 }, (_, timeMs) => edit('a', 1, { source: 'agent:x', timeMs }));
		expect(oddsOf(...many)).toEqual([['a', byAgent]]);
		expect(editedFiles([edit('a', 1, { source: 'agent:x' }), edit('a', 0.5)], weights)).toMatchObject([{ isOfUser: true, logOdds: weights['edited-after'] / 2 }]);
	});

	test('weigh together what three of them do, however many there are', () => {
		const all = editedFiles(
			Array.from({ length: 40 }, (_, index) => edit(`f${index}`, 1)),
			weights,
		);
		expect(all).toHaveLength(40);
		expect(all.reduce((sum, { logOdds }) => sum + logOdds, 0)).toBeCloseTo(3 * weights['edited-after'], 9);
	});

	test('add to what the outcome says of them, also against it', () => {
		const [file] = editedFiles([edit('a', 1)], weights);
		if (!file) throw new Error('one was edited');
		const alone = withEdit(null, file, 7);
		expect(alone).toMatchObject({ success: expect.closeTo(1 / (1 + Math.exp(-1.2)), 9), timeMs: 7 });
		expect(withEdit({ success: 0.88, weight: 0.76, timeMs: 7 }, file, 7).success).toBeGreaterThan(0.95);
		expect(withEdit({ success: 0.12, weight: 0.76, timeMs: 7 }, file, 7).success).toBeLessThan(0.5);
	});
});
