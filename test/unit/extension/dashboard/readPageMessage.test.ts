import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readKeptChoice, readPageMessage } from '#extension/dashboard/readPageMessage';

const token = 'abc';

it('takes messages of the page, and of each only what was checked', () => {
	expect(readPageMessage({ type: 'ready', token, more: 1 }, token)).toEqual({ type: 'ready', token });
	expect(readPageMessage({ type: 'choose', range: 'week', workspace: '', model: 'm', token }, token)).toEqual({
		type: 'choose',
		range: 'week',
		workspace: '',
		model: 'm',
		token,
	});
	expect(readPageMessage({ type: 'rows', figureId: 'saved', isMore: true, token }, token)).toEqual({ type: 'rows', figureId: 'saved', isMore: true, token });
	expect(readPageMessage({ type: 'exportImage', png: 'iVBORw0KGgoAAAA=', token }, token)).toMatchObject({ type: 'exportImage' });
});

it('takes nothing else: no other token, no unknown type, nothing too long or of another kind', () => {
	const wrong = [
		{ type: 'ready' },
		{ type: 'ready', token: 'other' },
		{ type: 'eval', token },
		{ type: 'choose', range: 'week', workspace: 1, model: '', token },
		{ type: 'rows', figureId: ['saved'], isMore: false, token },
		{ type: 'rows', figureId: 'saved', token },
		{ type: 'exportImage', png: 'data:text/html,x', token },
		{ type: 'exportImage', png: 'iVBORw0KGgo<script>', token },
		{ type: 'exportRows', figureId: 'x'.repeat(1_000), token },
	];
	for (const message of wrong) expect(readPageMessage(message, token)).toBeNull();
	expect(readPageMessage({ type: 'ready', token: '' }, '')).toBeNull();
	fc.assert(fc.property(fc.anything(), (data) => readPageMessage(data, token) === null));
});

it('takes what was chosen before from what the editor kept, and nothing from anything else', () => {
	const kept = { range: 'week', workspace: 'w1', model: '' };
	expect(readKeptChoice({ ...kept, more: 1 })).toEqual(kept);
	for (const wrong of [
		undefined,
		null,
		'week',
		{},
		{ ...kept, range: 'century' },
		{ ...kept, range: ['week'] },
		{ ...kept, workspace: 1 },
		{ ...kept, model: 'x'.repeat(501) },
	])
		expect(readKeptChoice(wrong)).toBeNull();
});
