import { describe, expect, test } from 'vitest';
import { followUpSignals } from '#core/learn/outcome/followUpSignals';

const next = (text: string, more: { timeMs?: number; similarity?: number | null } = {}) =>
	followUpSignals({ id: 'a', timeMs: 0 }, { id: 'b', text, timeMs: 60_000, similarity: null, ...more }).map(({ kind, value }) => `${kind} ${value}`);

describe('followUpSignals', () => {
	test.each(['thanks!', 'Thank you, that helped', 'ok, perfect', 'It works now', 'great', 'Danke, das war es', 'vielen Dank!', 'Jetzt läuft es', 'super'])(
		'%j is thanks',
		(text) => expect(next(text)).toEqual(['follow-up 1']),
	);
	test.each([
		'no, the other one',
		'That is wrong.',
		"that doesn't compile",
		'still broken',
		'not what I asked',
		"it's still not found",
		'Nein, die andere',
		'das geht immer noch nicht',
		'Das ist leider falsch',
		'immer noch derselbe Fehler',
	])('%j is a complaint', (text) => expect(next(text)).toEqual(['follow-up -1']));
	test.each([
		'where is the notification sent?',
		'Now add a test',
		'greatest common divisor: where?',
		'Nicht nur hier: wo noch?',
		'Dankesschreiben: wo werden sie erzeugt?',
		'Supermarkt: wo?',
		`thanks to ${'x'.repeat(200)}`,
	])('%j is neither', (text) => expect(next(text)).toEqual([]));

	test('much the same question soon after was rephrased', () => {
		expect(next('where are refunds?', { similarity: 0.85 })).toEqual(['rephrased -1']);
		expect(next('where are refunds?', { similarity: 0.7 })).toEqual([]);
		expect(next('where are refunds?', { similarity: 0.95, timeMs: 600_000 })).toEqual([]);
	});

	test('the same message is the same signal', () => {
		const once = () => followUpSignals({ id: 'a', timeMs: 0 }, { id: 'b', text: 'thanks', timeMs: 1, similarity: null });
		expect(once()).toEqual(once());
		expect(once()[0]).toMatchObject({ interactionId: 'a', source: 'user' });
	});
});
