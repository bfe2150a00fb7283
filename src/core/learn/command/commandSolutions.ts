import type { ErrorSolutionsPayload } from '#core/domain/collection';
import type { CommandError } from '#core/domain/commandRun';
import type { KnowledgeHit } from '#core/domain/hit';
import { redactSecrets } from '#core/domain/redact';
import type { ClockPort } from '#core/ports';
import type { LearnedStore, StoredPoint } from '#core/store/vectorStore';
import { describePieces, solutionText } from '../error/describePieces.ts';
import { confidenceOf, solutionId } from '../error/solutionRecord.ts';
import { updateItem } from '../updateItem.ts';
import { commandSignature, errorType, errorTypes } from './commandSignature.ts';
import type { Attempt, CommandVerdict } from './openFailure.ts';

type Payload = ErrorSolutionsPayload;
const COLLECTION = 'error-solutions';
const LONGEST_MESSAGE = 1_000;
const MAX_PROVENANCE = 200;
/** Solutions that are looked at for one question. */
const MAX_FOUND = 200;

/** What was true where a verdict was reached. */
export interface VerdictPlace {
	readonly repositoryId: string | null;
	/** Whether it stems from text that may not leave this machine. */
	readonly isLocalOnly: boolean;
	/** A file as a solution names it. */
	readonly nameOf: (path: string) => string;
}

/** What made commands pass that had failed, in the collection of error solutions and counted as they are, whoever else counts there. */
export class CommandSolutions {
	readonly #store: LearnedStore;
	readonly #clock: ClockPort;

	constructor(parts: { readonly store: LearnedStore; readonly clock: ClockPort }) {
		this.#store = parts.store;
		this.#clock = parts.clock;
	}

	/**
	 * Counts a verdict: an answer once, however often it is heard of. A failure of what is not known yet is kept by who reports it, until something
	 * works. Gives the solution's id; null where nothing was counted.
	 */
	async record(verdict: CommandVerdict, place: VerdictPlace): Promise<string | null> {
		const { workspaceId, error, attempts, hasPassed } = verdict;
		const { key } = commandSignature(error);
		const id = solutionId(workspaceId, key);
		const [attempt] = attempts;
		if (!attempt) return null;
		const isCounted = await updateItem(this.#store, COLLECTION, id, async (known) => {
			if (!hasPassed) return known ? { payload: this.#failed(known, attempts.length) } : null;
			if (attempt.interactionId !== '' && known?.provenance.includes(attempt.interactionId)) return null;
			return { payload: this.#payload(verdict, attempt, known, place) };
		});
		return isCounted ? id : null;
	}

	/** Verified solutions of errors of these kinds, best first: of these workspaces and of all. */
	async find(errors: readonly CommandError[], scope: { readonly workspaceIds: readonly string[]; readonly leavesMachine: boolean }): Promise<readonly KnowledgeHit[]> {
		const hits = new Map<string, KnowledgeHit>();
		for (const error of errors) {
			const signature = commandSignature(error);
			const must = [
				{ key: 'workspace_id', match: { any: [...scope.workspaceIds, ''] } },
				{ key: 'error_type', match: { any: errorTypes(error, signature) } },
			];
			const { points } = await this.#store.scroll<typeof COLLECTION>(COLLECTION, { filter: { must }, limit: MAX_FOUND });
			for (const point of points) {
				// In a terminal ESLint leaves the stop at the end out.
				const isOfKind = point.payload.context.replace(/\.$/, '') === signature.shape.replace(/\.$/, '');
				if (isOfKind && isUsable(point.payload, scope.leavesMachine)) hits.set(point.id, this.#toHit(point));
			}
		}
		return [...hits.values()].sort((a, b) => b.relevance - a.relevance || (a.id < b.id ? -1 : 1));
	}

	/** The same kind of error is as relevant as its solution is trusted: three quarters where nothing is known, all where it never failed. */
	#toHit({ id, payload }: StoredPoint<typeof COLLECTION>): KnowledgeHit {
		const { error_message, solution, local_only } = payload;
		const relevance = (1 + confidenceOf(payload, this.#clock.nowMs())) / 2;
		return { id, collection: COLLECTION, title: error_message.split('\n', 1)[0] ?? '', text: solution, relevance, ...(local_only ? { isLocalOnly: true } : {}) };
	}

	#failed(known: Payload, failures: number): Payload {
		const nowMs = this.#clock.nowMs();
		const counts = { success_count: known.success_count, failure_count: known.failure_count + failures, last_used: new Date(nowMs).toISOString() };
		return { ...known, ...counts, confidence_score: confidenceOf(counts, nowMs) };
	}

	#payload(verdict: CommandVerdict, attempt: Attempt, known: Payload | undefined, place: VerdictPlace): Payload {
		const nowMs = this.#clock.nowMs();
		const counts = {
			success_count: (known?.success_count ?? 0) + 1,
			// What failed since it is known was counted then.
			failure_count: known?.failure_count ?? verdict.failures,
			last_used: new Date(nowMs).toISOString(),
		};
		const record = {
			...counts,
			solution_verified: true,
			confidence_score: confidenceOf(counts, nowMs),
			provenance: [...new Set([...(known?.provenance ?? []), attempt.interactionId || 'user'])].slice(-MAX_PROVENANCE),
		};
		// What its owner wants as it is, or has given to other workspaces, keeps its words.
		if (known && (known.pinned || known.scope === 'global')) return { ...known, ...record };
		const { key, rule, shape } = commandSignature(verdict.error);
		const isLocalOnly = place.isLocalOnly || known?.local_only === true;
		return {
			first_seen: new Date(verdict.firstSeenMs).toISOString(),
			status: 'active',
			...known,
			...record,
			error_message: redactSecrets(messageOf(verdict.error)).text.slice(0, LONGEST_MESSAGE),
			error_type: errorType(verdict.source, verdict.error.tool, rule),
			context: redactSecrets(shape).text,
			solution: textOf(attempt, place.nameOf),
			solution_provenance: [attempt.interactionId || 'user'],
			workspace_id: verdict.workspaceId,
			repository_id: place.repositoryId,
			scope: 'workspace',
			embedding_model: null,
			// What is embedded is the text of whoever wrote this content first.
			content_hash: solutionId(isLocalOnly ? `local-only ${verdict.workspaceId}` : '', key),
			...(isLocalOnly ? { local_only: true } : {}),
		};
	}
}

/** The message as a reader knows it, with the number or the class of the error. */
function messageOf({ code, message }: CommandError): string {
	return code === '' ? message : `${code}: ${message}`;
}

function isUsable({ status, solution_verified, solution, local_only }: Payload, leavesMachine: boolean): boolean {
	return status !== 'retired' && solution_verified && solution !== '' && !(leavesMachine && local_only === true);
}

/** What was done: the changes, else what the answer said. */
function textOf({ edits, answer }: Attempt, nameOf: (path: string) => string): string {
	return edits.length > 0 ? describePieces(edits.map((edit) => ({ ...edit, path: nameOf(edit.path) }))) : solutionText(answer);
}
