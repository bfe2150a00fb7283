import { expect, test } from 'vitest';
import { SentContext } from '#extension/chat/sentContext';
import type { AskQuery } from '#protocol/messages';

const query: AskQuery = { interactionId: 'i2', prompt: 'where?', history: [], attachments: [], signals: {}, retryOf: 'i1', model: 'm' };

test('a retry takes the place of the very next request with the same words, once', () => {
	const sent = new SentContext();
	sent.askNext(query);
	expect(sent.takeNext(' where? ')).toBe(query);
	expect(sent.takeNext('where?')).toBeUndefined();
	sent.askNext(query);
	expect(sent.takeNext('something else')).toBeUndefined();
	expect(sent.takeNext('where?')).toBeUndefined();
});

test('the last questions are remembered, the oldest forgotten', () => {
	const sent = new SentContext();
	for (let i = 0; i < 60; i++) sent.set(`i${i}`, `question ${i}`, []);
	expect(sent.get('i0')).toBeUndefined();
	expect(sent.get()?.prompt).toBe('question 59');
});
