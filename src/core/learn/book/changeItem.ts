import { CoordinatorError } from '#core/base/errors';
import type { CommonPayload, PayloadOf } from '#core/domain/collection';
import { contentHash } from '#core/domain/contentId';
import type { KnowledgeChange, LearnedCollection } from '#core/domain/knowledge';
import { redactSecrets } from '#core/domain/redact';
import type { StoredPoint, VectorStore } from '#core/store/vectorStore';
import { replacePayload } from '../replacePayload.ts';
import { describeFields } from './describeItem.ts';

const LONGEST_TEXT = 8_000;
const MOST_LINES = 50;

/** Does what the user decided to an item. Throws `invalid-argument` for what cannot be done to it, and changes nothing then. */
export async function changeItem<C extends LearnedCollection>(
	store: VectorStore,
	collection: C,
	{ id, payload }: StoredPoint<C>,
	change: KnowledgeChange,
	now: string,
): Promise<void> {
	const set = (patch: Partial<CommonPayload>) => store.setPayload(collection, [id], patch as Partial<PayloadOf[C]>);
	const decide = (status: CommonPayload['status']) => set({ status, status_by: 'user', status_since: now, stale_checks: 0 });
	switch (change.action) {
		case 'confirm':
			if (payload.status !== 'proposed') throw refusal('Only a proposed item can be confirmed.');
			return decide('active');
		case 'restore':
			if (payload.status !== 'retired') throw refusal('Only a retired item can be restored.');
			return decide('active');
		case 'retire':
			return decide('retired');
		case 'pin':
			return set({ pinned: true });
		case 'unpin':
			return set({ pinned: false });
		case 'share':
			if (collection === 'interaction-history') throw refusal('A question and its answer stay in their workspace.');
			if (payload.local_only) throw refusal('What stems from local-only text stays in its workspace.');
			if (payload.scope === 'global') return;
			return replacePayload(store, collection, id, {
				...payload,
				scope: 'global',
				workspace_id: null,
				anchors: [],
				shared_from: payload.workspace_id ?? '',
			});
		case 'unshare':
			if (payload.scope !== 'global' || !payload.shared_from) throw refusal('Only an item that was shared here can be taken back.');
			return replacePayload(store, collection, id, { ...payload, scope: 'workspace', workspace_id: payload.shared_from, shared_from: '' });
		case 'edit':
			return edit(store, collection, { id, payload }, change.fields);
	}
}

async function edit<C extends LearnedCollection>(
	store: VectorStore,
	collection: C,
	{ id, payload }: Pick<StoredPoint<C>, 'id' | 'payload'>,
	fields: Readonly<Record<string, string | readonly string[]>>,
): Promise<void> {
	const editable = new Map(describeFields(collection, payload).flatMap(({ name, value, isEditable }) => (isEditable ? [[name, value] as const] : [])));
	const texts = Object.entries(fields).map(([name, text]): [string, string | readonly string[]] => {
		const before = editable.get(name);
		if (before === undefined) throw refusal(`The field ${name} cannot be edited.`);
		if (Array.isArray(before) !== Array.isArray(text)) throw refusal(`The field ${name} has another form.`);
		if (typeof text === 'string') return [name, clean(text)];
		return [
			name,
			text
				.slice(0, MOST_LINES)
				.map(clean)
				.filter((line) => line !== ''),
		];
	});
	if (texts.some(([name, text]) => text === '' && name !== 'context')) throw refusal('A text cannot be empty.');
	const changed = { ...payload, ...Object.fromEntries(texts), provenance: [...new Set([...payload.provenance, 'user'])] };
	await replacePayload(store, collection, id, { ...changed, content_hash: await editedHash(collection, id, changed) });
}

/** The hash of an item's content as the user has edited it. What is learned since has another one. */
export function editedHash<C extends LearnedCollection>(collection: C, id: string, payload: PayloadOf[C]): Promise<string> {
	const text = describeFields(collection, payload)
		.flatMap(({ value, isEditable }) => (isEditable ? [value] : []))
		.join('\n');
	return contentHash(`${collection}\n${id}\n${text}`);
}

function clean(text: string): string {
	return redactSecrets(text).text.trim().slice(0, LONGEST_TEXT);
}

function refusal(message: string): CoordinatorError {
	return new CoordinatorError('invalid-argument', message);
}
