import { describe, expect, it } from 'vitest';
import { AFTER_MS, committed, type EditedFile, latest, MOST_QUESTIONS, type RecentQuestion, savedAfter } from '#extension/outcomes/editedFile';

const QUESTION = { interactionId: 'i1', timeMs: 1_000 };
const save = (more: Partial<Parameters<typeof savedAfter>[2]> = {}) => ({
	uri: 'file:///p/a.ts',
	path: '/p/a.ts',
	text: 'let a = 1;\n',
	changedMs: 2_000,
	timeMs: 3_000,
	...more,
});
const first = () => savedAfter([], [QUESTION], save());

describe('a file that is saved after a question', () => {
	it('is told of once for each question, by its path', () => {
		const { edited, signals } = first();
		expect(signals).toMatchObject([{ interactionId: 'i1', kind: 'edited-after', value: 0.5, subject: '/p/a.ts', source: 'editor', timeMs: 3_000 }]);
		const again = savedAfter(edited, [QUESTION], save({ text: 'let a = 2;\n' }));
		expect(again.signals).toEqual([]);
		expect(again.edited).toHaveLength(1);
		expect(savedAfter(again.edited, [QUESTION, { interactionId: 'i2', timeMs: 1_500 }], save()).signals.map(({ interactionId }) => interactionId)).toEqual(['i2']);
	});

	it('tells nothing where it was changed before the question or long after, and belongs to the last questions at most', () => {
		expect(savedAfter([], [QUESTION], save({ changedMs: 900 })).signals).toEqual([]);
		expect(savedAfter([], [QUESTION], save({ changedMs: 1_001 + AFTER_MS, timeMs: 1_002 + AFTER_MS })).signals).toEqual([]);
		expect(savedAfter([], [], save())).toEqual({ edited: [], signals: [] });
		expect(savedAfter([], [QUESTION], save({ text: 'x'.repeat(2_000_000) })).signals).toEqual([]);
		const many = Array.from({ length: 9 }, (_, index) => ({ interactionId: `i${index}`, timeMs: index }));
		expect(savedAfter([], many, save()).signals.map(({ interactionId }) => interactionId)).toEqual(['i6', 'i7', 'i8'].slice(-MOST_QUESTIONS));
	});
});

describe('questions of other chats', () => {
	const other = (interactionId: string, more: Partial<RecentQuestion> = {}) => ({ interactionId, timeMs: 1_000, isOfOtherChat: true, ...more });

	it('count beside those of the chat, the last of them alone, however many there are', () => {
		const asked = [QUESTION, ...Array.from({ length: 50 }, (_, index) => other(`o${index}`))];
		expect(latest(asked).map(({ interactionId }) => interactionId)).toEqual(['i1', 'o49']);
		expect(savedAfter([], asked, save()).signals.map(({ interactionId, source }) => [interactionId, source])).toEqual([
			['i1', 'editor'],
			['o49', 'editor'],
		]);
	});

	it('with tools make what is edited after them the agent’s doing, also when it is committed', () => {
		const { edited, signals } = savedAfter([], [other('o1', { agent: 'agent:vscode' })], save());
		expect(signals).toMatchObject([{ interactionId: 'o1', source: 'agent:vscode' }]);
		expect(committed(edited[0] as EditedFile, '/p/a.ts', { before: null, now: 'let a = 1;\n' }, 5)).toMatchObject({ value: 1, source: 'agent:vscode' });
	});
});

describe('a commit', () => {
	const file = first().edited[0] as EditedFile;
	const before = 'let a = 0;\n';

	it('confirms what was saved, however it is formatted', () => {
		expect(committed(file, '/p/a.ts', { before, now: 'let  a = 1;' }, 5)).toMatchObject({ value: 1, subject: '/p/a.ts', interactionId: 'i1' });
		expect(committed(file, '/p/a.ts', { before: null, now: 'let a = 1;\n' }, 5)).toMatchObject({ value: 1 });
	});

	it('says nothing while it has not taken the text in, and that an edit was taken back where nothing has changed', () => {
		expect(committed(file, '/p/a.ts', { before, now: before }, 5)).toBeNull();
		const back = savedAfter(first().edited, [QUESTION], save({ text: before })).edited[0] as EditedFile;
		expect(committed(back, '/p/a.ts', { before, now: before }, 5)).toMatchObject({ value: 0 });
	});

	it('has an id of its own, without the path', () => {
		const ids = [first().signals[0]?.id ?? '', committed(file, '/p/a.ts', { before, now: 'let a = 1;' }, 5)?.id ?? ''];
		expect(new Set(ids).size).toBe(2);
		for (const id of ids) expect(id).not.toContain('a.ts');
	});
});
