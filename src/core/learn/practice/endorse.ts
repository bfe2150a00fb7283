import type { OutcomeStore } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';
import type { SettledInteraction } from '../learningLoop.ts';

/** P(success) from which an interaction endorses the practices that its answer used. */
const ENDORSES_FROM = 0.7;

/** Counts, for each practice that the interaction used, the interactions that went well with it. The same however often it is called. */
export async function endorsePractices(
	stores: { readonly store: VectorStore; readonly outcomes: OutcomeStore },
	{ id, credit, usedItems }: SettledInteraction,
): Promise<void> {
	const { store, outcomes } = stores;
	for (const practice of await store.get('best-practices', usedItems)) {
		const others = ((await outcomes.creditsAt([practice.id])).get(practice.id) ?? []).filter(({ interactionId }) => interactionId !== id);
		const endorsements = [...others, credit].filter(({ success }) => success >= ENDORSES_FROM).length;
		if (endorsements !== practice.payload.endorsement_count) await store.setPayload('best-practices', [practice.id], { endorsement_count: endorsements });
	}
}
