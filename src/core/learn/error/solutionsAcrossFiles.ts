import type { ErrorSolutionsPayload } from '#core/domain/collection';
import type { ChangedPiece } from '#core/domain/commandRun';
import { redactSecrets } from '#core/domain/redact';
import type { ClockPort } from '#core/ports';
import type { LearnedStore } from '#core/store/vectorStore';
import { updateItem } from '../updateItem.ts';
import { describePieces } from './describePieces.ts';
import { type Diagnostic, ruleOf, signatureOf } from './errorSignature.ts';
import type { SolutionScope, VerifiedFix } from './errorSolutions.ts';
import { confidenceOf, solutionId } from './solutionRecord.ts';

/** What became of a change that is not of the diagnostic's file alone. */
export interface ChangeAcrossFiles extends Pick<VerifiedFix, 'diagnostic' | 'provenance'> {
	/** With the names that the solution gives the files. */
	readonly pieces: readonly ChangedPiece[];
	readonly isVerified: boolean;
	readonly isLocalOnly: boolean;
}

type Payload = ErrorSolutionsPayload;
const COLLECTION = 'error-solutions';

/**
 * What fixed which kind of error in more files than its own, told in words and counted by itself: nobody knows which of the files the error needed, so
 * nothing here is an example for edit templates, and the record of those does not speak of these.
 */
export class SolutionsAcrossFiles {
	readonly #store: LearnedStore;
	readonly #clock: ClockPort;
	readonly #scope: SolutionScope;

	constructor(parts: { readonly store: LearnedStore; readonly clock: ClockPort; readonly scope: SolutionScope }) {
		this.#store = parts.store;
		this.#clock = parts.clock;
		this.#scope = parts.scope;
	}

	/** Counts a success, or a failure of what is known, whoever else counts there. Gives the solution's id; null where nothing was counted. */
	async record(change: ChangeAcrossFiles): Promise<string | null> {
		const id = this.#idOf(change.diagnostic);
		const isCounted = await updateItem(this.#store, COLLECTION, id, async (known) => {
			// What failed and was never known to work tells nothing.
			return change.isVerified || known ? { payload: this.#payload(change, known) } : null;
		});
		return isCounted ? id : null;
	}

	/** Takes out of the record what was counted before; what it was learned from stays as words, and is not verified where nothing is left that speaks for it. */
	async takeBack(diagnostic: Diagnostic, wasVerified: boolean): Promise<void> {
		const id = this.#idOf(diagnostic);
		await updateItem(this.#store, COLLECTION, id, async (known) => {
			if (!known) return null;
			const { success_count, failure_count, last_used } = known;
			const counts = {
				success_count: Math.max(0, success_count - (wasVerified ? 1 : 0)),
				failure_count: Math.max(0, failure_count - (wasVerified ? 0 : 1)),
			};
			const confidence_score = confidenceOf({ ...counts, last_used }, this.#clock.nowMs());
			return { payload: { ...known, ...counts, confidence_score, solution_verified: known.solution_verified && counts.success_count > 0 } };
		});
	}

	#idOf(diagnostic: Diagnostic): string {
		return solutionId(this.#scope.workspaceId, `several files\n${signatureOf(diagnostic).key}`);
	}

	#payload({ diagnostic, pieces, isVerified, provenance, ...change }: ChangeAcrossFiles, known: Payload | undefined): Payload {
		const nowMs = this.#clock.nowMs();
		const counts = {
			success_count: (known?.success_count ?? 0) + (isVerified ? 1 : 0),
			failure_count: (known?.failure_count ?? 0) + (isVerified ? 0 : 1),
			last_used: new Date(nowMs).toISOString(),
		};
		const record = { ...counts, confidence_score: confidenceOf(counts, nowMs) };
		if (known && !isVerified) return { ...known, ...record };
		const sources = { provenance: [...new Set([...(known?.provenance ?? []), ...provenance])] };
		// What its owner wants as it is, or has given to other workspaces, keeps its words.
		if (known && (known.pinned || known.scope === 'global')) return { ...known, ...record, ...sources };
		const { key, shape } = signatureOf(diagnostic);
		const isLocalOnly = change.isLocalOnly || known?.local_only === true;
		return {
			first_seen: counts.last_used,
			status: 'active',
			...known,
			...record,
			...sources,
			error_message: redactSecrets(diagnostic.message).text,
			error_type: ruleOf(diagnostic),
			context: redactSecrets(shape).text,
			solution: describePieces(pieces),
			solution_provenance: provenance,
			solution_verified: true,
			workspace_id: this.#scope.workspaceId,
			repository_id: this.#scope.repositoryId,
			scope: 'workspace',
			embedding_model: null,
			// What is embedded is the text of whoever wrote this content first.
			content_hash: solutionId(isLocalOnly ? `local-only ${this.#scope.workspaceId}` : '', key),
			...(isLocalOnly ? { local_only: true } : {}),
		};
	}
}
