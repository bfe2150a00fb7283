import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CacheQuestion, ResponseCache } from '#core/ask/respond/responseCache';
import { createManualClock, type ManualClock } from '../../../../support/manualClock.ts';

const question = (more: Partial<CacheQuestion> = {}): CacheQuestion => ({
	modelId: 'ollama:small',
	messages: [
		{ role: 'system', text: 'Be brief.' },
		{ role: 'user', text: 'How?\n\nconst a = 1;' },
	],
	options: { maxOutputTokens: 500, temperature: null },
	workspaceId: 'w1',
	hasLocalOnly: false,
	...more,
});
const answer = (text: string, endReason = 'stop') => ({ text, endReason, inputTokens: 10, outputTokens: 2, isEstimate: false });

describe('the response cache', () => {
	let clock: ManualClock;
	let cache: ResponseCache;
	beforeEach(() => {
		clock = createManualClock();
		clock.advance(5_000);
		cache = new ResponseCache(clock, { maxAgeMs: 1_000, maxEntries: 3 });
	});

	it('gives the answer to the identical question, with what it took, and tells its hit rate', () => {
		expect(cache.statistics().hitRate).toBeNull();
		expect(cache.find(question())).toBeNull();
		cache.store(question(), answer('So.'));
		expect(cache.find(question({ options: { temperature: null, maxOutputTokens: 500 } }))).toEqual({
			text: 'So.',
			inputTokens: 10,
			outputTokens: 2,
			isEstimate: false,
			timeMs: 5_000,
		});
		expect(cache.statistics()).toEqual({ entries: 1, hits: 1, misses: 1, hitRate: 0.5 });
	});

	it.each<[string, Partial<CacheQuestion>]>([
		['another model', { modelId: 'ollama:large' }],
		['other settings', { options: { maxOutputTokens: 501, temperature: null } }],
		['a changed piece of context', { messages: [question().messages[0] as never, { role: 'user', text: 'How?\n\nconst a = 2;' }] }],
		['another turn before it', { messages: [...question().messages, { role: 'assistant', text: 'So.' }] }],
		['the same words by another role', { messages: question().messages.map(({ text }) => ({ role: 'user', text })) }],
	])('does not give it for %s', (_, more) => {
		cache.store(question(), answer('So.'));
		expect(cache.find(question(more))).toBeNull();
	});

	it('shares an answer between workspaces, but not one with local-only text', () => {
		cache.store(question(), answer('Open.'));
		expect(cache.find(question({ workspaceId: 'w2' }))?.text).toBe('Open.');
		cache.store(question({ hasLocalOnly: true }), answer('Secret.'));
		expect(cache.find(question({ hasLocalOnly: true }))?.text).toBe('Secret.');
		expect(cache.find(question({ hasLocalOnly: true, workspaceId: 'w2' }))).toBeNull();
		expect(cache.find(question({ workspaceId: 'w2' }))?.text).toBe('Open.');
	});

	it('keeps whole answers only', () => {
		for (const reason of ['length', 'filter', 'other', 'cancelled', 'failed']) cache.store(question(), answer('So', reason));
		cache.store(question(), answer(' \n'));
		expect(cache.find(question())).toBeNull();
	});

	it('lets answers grow old, also when the clock was set back', () => {
		cache.store(question(), answer('So.'));
		clock.advance(1_000);
		expect(cache.find(question())?.text).toBe('So.');
		clock.advance(1);
		expect(cache.find(question())).toBeNull();
		cache.store(question(), answer('So.'));
		clock.advance(-2_000);
		expect(cache.find(question())).toBeNull();
		expect(cache.statistics().entries).toBe(0);
	});

	it('drops what was used longest ago', () => {
		const ask = (modelId: string) => question({ modelId });
		for (const name of ['a', 'b', 'c']) cache.store(ask(name), answer(name));
		cache.find(ask('a'));
		cache.store(ask('d'), answer('d'));
		expect(['a', 'b', 'c', 'd'].map((name) => cache.find(ask(name))?.text ?? null)).toEqual(['a', null, 'c', 'd']);
	});

	it('stays within its bounds and never gives another question’s answer', () => {
		const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
		fc.assert(
			fc.property(fc.array(fc.tuple(names, names, fc.nat(300), fc.boolean()), { maxLength: 40 }), (steps) => {
				const small = new ResponseCache(clock, { maxEntries: 3, maxCharacters: 900 });
				for (const [modelId, text, length, isStoring] of steps) {
					const asked = question({ modelId, messages: [{ role: 'user', text }] });
					if (isStoring) small.store(asked, answer(`${modelId}${text}${'.'.repeat(length)}`));
					else expect(small.find(asked)?.text.slice(0, 2) ?? modelId + text).toBe(modelId + text);
					expect(small.statistics().entries).toBeLessThanOrEqual(3);
				}
				small.store(question(), answer('x'.repeat(1_000)));
				expect(small.find(question())).toBeNull();
			}),
		);
	});
});
