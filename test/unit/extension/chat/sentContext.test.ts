import { expect, test } from 'vitest';
import { SentContext } from '#extension/chat/sentContext';
import type { AskQuery } from '#protocol/messages';

const query: AskQuery = { interactionId: 'i2', prompt: 'where?', history: [], attachments: [], signals: {}, retryOf: 'i1', model: 'm' };

test('a retry takes the place of the very next request with the same words, once', () => {
	const sent = new SentContext();
	sent.retryNext(query);
	expect(sent.takeRetry(' where? ')).toBe(query);
	expect(sent.takeRetry('where?')).toBeUndefined();
	sent.retryNext(query);
	expect(sent.takeRetry('something else')).toBeUndefined();
	expect(sent.takeRetry('where?')).toBeUndefined();
});

test('the last questions are remembered, the oldest forgotten', () => {
	const sent = new SentContext();
	for (let i = 0; i < 60; i++) sent.set(`i${i}`, `question ${i}`, []);
	expect(sent.get('i0')).toBeUndefined();
	expect(sent.get()?.prompt).toBe('question 59');
});
