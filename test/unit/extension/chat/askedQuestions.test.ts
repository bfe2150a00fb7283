import { describe, expect, it } from 'vitest';
import { AskedQuestions } from '#extension/chat/askedQuestions';

describe('questions that are asked again', () => {
	const asked = new AskedQuestions();
	asked.add({ interactionId: 'one', prompt: 'why?', follows: 'zero' }, 'small');

	it('are retries when another model is named, in the same place or right after', () => {
		expect(asked.retryOf({ prompt: 'why?', follows: 'zero', model: 'large' })).toBe('one');
		expect(asked.retryOf({ prompt: 'why?', follows: 'one', model: 'large' })).toBe('one');
	});

	it('are none for the same model, for no model, in another place, or in other words', () => {
		expect(asked.retryOf({ prompt: 'why?', follows: 'zero', model: 'small' })).toBeUndefined();
		expect(asked.retryOf({ prompt: 'why?', follows: 'zero', model: null })).toBeUndefined();
		expect(asked.retryOf({ prompt: 'why?', follows: 'zero' })).toBeUndefined();
		expect(asked.retryOf({ prompt: 'why?', follows: 'elsewhere', model: 'large' })).toBeUndefined();
		expect(asked.retryOf({ prompt: 'how?', follows: 'zero', model: 'large' })).toBeUndefined();
		expect(asked.retryOf({ prompt: 'why?', command: 'explain', follows: 'zero', model: 'large' })).toBeUndefined();
	});

	it('are none where no model had answered', () => {
		const other = new AskedQuestions();
		other.add({ interactionId: 'one', prompt: 'why?' }, null);
		expect(other.retryOf({ prompt: 'why?', model: 'large' })).toBeUndefined();
	});
});
