import type { OutcomeStore } from '#core/store/outcomeStore';
import type { OutboxItem } from './outbox.ts';

/**
 * The outcome store of this machine, whose figures also go to the team: what was heard, that its consequences were drawn, and what is forgotten.
 * What was sent with a question, and what places earned by it, names files, and stays here. The note for the team comes first: a process that
 * dies in between has acknowledged nothing, and the same signal is the same when it comes again.
 */
export function mirrorOutcomes(local: OutcomeStore, send: (items: readonly OutboxItem[]) => void): OutcomeStore {
	return {
		recordContexts: (interactionId, contexts) => local.recordContexts(interactionId, contexts),
		contexts: (interactionId) => local.contexts(interactionId),
		countReused: (interactionId) => local.countReused(interactionId),
		addSignals(signals) {
			send(signals.map((signal) => ({ kind: 'signal', body: { ...signal, subject: null } })));
			return local.addSignals(signals);
		},
		signals: (interactionId) => local.signals(interactionId),
		pending: (limit) => local.pending(limit),
		settle(pending, credits) {
			send([{ kind: 'drawn', body: pending }]);
			return local.settle(pending, credits);
		},
		creditsAt: (places) => local.creditsAt(places),
		creditsOf: (interactionIds) => local.creditsOf(interactionIds),
		forget(interactionIds) {
			if (interactionIds.length > 0) send([{ kind: 'forgotten', body: { interactionIds } }]);
			return local.forget(interactionIds);
		},
		forgetItems: (ids) => local.forgetItems(ids),
		forgetWorkspace(workspaceId) {
			// What belongs to one workspace is known by its contexts, which are here alone; its interactions are forgotten by their ids before.
			if (workspaceId === null) send([{ kind: 'forgotten', body: { interactionIds: null } }]);
			return local.forgetWorkspace(workspaceId);
		},
		counts: () => local.counts(),
	};
}
