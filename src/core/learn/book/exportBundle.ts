import type { ExportedBundle, ExportRequest, LearnedCollection } from '#core/domain/knowledge';
import { redactSecrets } from '#core/domain/redact';
import type { VectorStore } from '#core/store/vectorStore';
import { type BundleItem, toBundleItem, writeBundle } from './bundle.ts';
import { ofWorkspace, readAll } from './readAll.ts';
import { NOTHING } from './removeItems.ts';

const USUAL: readonly LearnedCollection[] = ['skills-patterns', 'error-solutions', 'best-practices'];

/** Learned items as a bundle, secrets blanked once more: rules may have been added since. What stems from local-only text stays here; what is left out is counted. */
export async function exportBundle(store: VectorStore, { collections = USUAL, workspaceId }: ExportRequest): Promise<ExportedBundle> {
	const items: BundleItem[] = [];
	const counts: Record<LearnedCollection, number> = { ...NOTHING };
	const omitted = { localOnly: 0, unfit: 0 };
	let redactions = 0;
	const redact = (value: unknown): unknown => {
		if (typeof value === 'string') {
			const redacted = redactSecrets(value);
			redactions += redacted.redactions;
			return redacted.text;
		}
		if (Array.isArray(value)) return value.map(redact);
		if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redact(part)]));
		return value;
	};
	for (const collection of collections) {
		for await (const { id, payload } of readAll(store, collection, ofWorkspace(workspaceId))) {
			if (payload.local_only) {
				omitted.localOnly++;
				continue;
			}
			const item = toBundleItem(collection, id, redact(payload));
			if (!item) {
				omitted.unfit++;
				continue;
			}
			items.push(item);
			counts[collection]++;
		}
	}
	return { text: writeBundle(items), counts, redactions, omitted };
}
