import type { ErrorSolutionsPayload } from '#core/domain/collection';
import { redactSecrets } from '#core/domain/redact';
import type { ClockPort } from '#core/ports';
import type { LearnedStore, StoredPoint } from '#core/store/vectorStore';
import { type CodeTree, readCodeTree } from '#core/syntax/codeTree';
import type { SyntaxParser } from '#core/syntax/syntaxParser';
import { updateItem } from '../updateItem.ts';
import { blameTemplates } from './blameTemplates.ts';
import { changeExamples, type ExampleChange } from './changeExamples.ts';
import { type CountChange, countChange, isDisproved } from './countChange.ts';
import { describeExample } from './describePieces.ts';
import { type Diagnostic, type ErrorSignature, ruleOf, signatureOf } from './errorSignature.ts';
import { fixesOf, joinFixes, type RuleFixes } from './fixBook.ts';
import { fixFile } from './fixFile.ts';
import { cropExample, type FailedFix, type LearnedFix, NOTHING_LEARNED, readLearnedFix, writeLearnedFix } from './learnedFix.ts';
import { LEARN_MS, learnTogether } from './learnTogether.ts';
import { signWith } from './messageShapes.ts';
import { confidenceOf, solutionId, termsOf } from './solutionRecord.ts';
import type { TextEdit } from './textHunks.ts';

/** A fix that needs no model, with its record. */
export interface FixOffer {
	/** Point in `error-solutions`; what `recordFix` and `recordFailure` count. */
	readonly solutionId: string;
	readonly edits: readonly TextEdit[];
	/** The text with the edits applied. */
	readonly text: string;
	/** “Worked `worked` of `used` times.” */
	readonly worked: number;
	readonly used: number;
	/** 0…1, decayed. */
	readonly confidence: number;
}

/** A fix after which its diagnostic was gone and nothing new appeared: see `isVerified`. */
export interface VerifiedFix {
	readonly diagnostic: Diagnostic;
	readonly before: string;
	readonly after: string;
	/** Ids of the interactions it came from, or who made it. */
	readonly provenance: readonly string[];
	/** Whether its file may not leave this machine: then what is learned from it may not either. Absent: false. */
	readonly isLocalOnly?: boolean;
}

export interface SolutionScope {
	readonly workspaceId: string;
	readonly repositoryId: string | null;
}

interface Change extends ExampleChange, CountChange {
	/** The whole text that a fix made which failed. */
	readonly failedText?: string;
	readonly isLocalOnly?: boolean;
}

interface Solution {
	readonly id: string;
	readonly payload: Payload;
	readonly learned: LearnedFix;
}

type Payload = ErrorSolutionsPayload;
const COLLECTION = 'error-solutions';
const OFFER_MS = 100;
/** Kinds of message of one rule that are looked at. */
const MAX_SOLUTIONS = 100;

/**
 * What fixed which kind of error in one workspace, and what others share with all: the workspace's own word about a kind goes first, and where it has none the
 * shared one is offered and counted. Code stays in the workspace's scope; what holds a secret is counted, and not learned.
 */
export class ErrorSolutions {
	readonly #store: LearnedStore;
	readonly #parser: SyntaxParser;
	readonly #clock: ClockPort;
	readonly #scope: SolutionScope;
	/** One change at a time: a second one of this process would only be tried again. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(parts: { readonly store: LearnedStore; readonly parser: SyntaxParser; readonly clock: ClockPort; readonly scope: SolutionScope }) {
		this.#store = parts.store;
		this.#parser = parts.parser;
		this.#clock = parts.clock;
		this.#scope = parts.scope;
	}

	/** Counts a success and learns from it. Gives the solution's id. */
	recordFix(fix: VerifiedFix): Promise<string> {
		return this.#inTurn(async () => {
			const cropped = await cropExample(this.#parser, { diagnostics: [fix.diagnostic], before: fix.before, after: fix.after });
			const example = cropped && { ...cropped, sources: fix.provenance };
			const change = { example, success: 1, failure: 0, provenance: fix.provenance, isLocalOnly: fix.isLocalOnly };
			return (await this.#record(fix.diagnostic, fix.before, change)).id;
		});
	}

	/**
	 * Counts a failure of what is known; templates that would do the same again are not offered any more. `failed`: the text that the fix made. Gives the
	 * solution's id; null where nothing was counted: what failed and was never known to work tells nothing.
	 */
	recordFailure(failure: FailedFix & Pick<VerifiedFix, 'isLocalOnly'>): Promise<string | null> {
		return this.#inTurn(async () => {
			const failed = await this.#cropFailed(failure);
			const change = { failed, failedText: failure.failed, success: 0, failure: 1, provenance: [], isLocalOnly: failure.isLocalOnly };
			const { id, isCounted } = await this.#record(failure.diagnostic, failure.before, change);
			return isCounted ? id : null;
		});
	}

	/** Takes out of the record what was counted of the very same fix before, and what it taught. */
	takeBack({ diagnostic, before, after }: Pick<VerifiedFix, 'diagnostic' | 'before' | 'after'>, wasVerified: boolean): Promise<void> {
		return this.#inTurn(async () => {
			const taught = wasVerified
				? { example: await cropExample(this.#parser, { diagnostics: [diagnostic], before, after }), success: -1, failure: 0 }
				: { failed: await this.#cropFailed({ diagnostic, before, failed: after }), failedText: after, success: 0, failure: -1 };
			await this.#record(diagnostic, before, { ...taught, isTakenBack: true, provenance: [] });
		});
	}

	/** Fixes for one diagnostic of a text, the most trusted first; empty when nothing is sure enough. Runs no model and nothing of the repository's. */
	async offerFixes(diagnostic: Diagnostic, code: string): Promise<FixOffer[]> {
		const solutions = firstOfKinds(await this.#solutionsOf(diagnostic));
		if (solutions.length === 0) return [];
		const tree = await readCodeTree(this.#parser, code, diagnostic.languageId);
		if (!tree) return [];
		const book = new Map([[ruleOf(diagnostic), joinFixes(solutions.map(({ learned }) => learned.fixes))]]);
		const fix = await fixFile(this.#parser, book, tree, [diagnostic], { isOver: this.#deadline(OFFER_MS) });
		const owner = solutions.find(({ learned }) => learned.key === fix?.proposals[0]?.signature);
		if (!fix || !owner) return [];
		const { success_count, failure_count } = owner.payload;
		const confidence = confidenceOf(owner.payload, this.#clock.nowMs());
		return [{ solutionId: owner.id, edits: fix.edits, text: fix.text, worked: success_count, used: success_count + failure_count, confidence }];
	}

	async #cropFailed({ diagnostic, before, failed, sources }: FailedFix): Promise<FailedFix | null> {
		const cropped = await cropExample(this.#parser, { diagnostics: [diagnostic], before, after: failed });
		const [first] = cropped?.diagnostics ?? [];
		return cropped && first ? { diagnostic: first, before: cropped.before, failed: cropped.after, ...(sources ? { sources } : {}) } : null;
	}

	async #record(diagnostic: Diagnostic, before: string, change: Change): Promise<{ readonly id: string; readonly isCounted: boolean }> {
		const tree = await readCodeTree(this.#parser, before, diagnostic.languageId);
		const solutions = firstOfKinds(await this.#solutionsOf(diagnostic));
		const messages = joinFixes(solutions.map(({ learned }) => learned.fixes)).messages;
		const signature = tree ? signWith(messages, tree)(diagnostic) : signatureOf(diagnostic);
		const { key } = signature;
		const ownId = solutionId(this.#scope.workspaceId, key);
		const id = solutions.find(({ learned }) => learned.key === key)?.id ?? ownId;
		let rule: RuleFixes | null = null;
		let isGone = false;
		const isCounted = await updateItem(this.#store, COLLECTION, id, async (known) => {
			rule = null;
			isGone = !known && id !== ownId;
			if (isGone || (!known && change.success <= 0)) return null;
			if (known && !this.#isOwn(known)) return { payload: this.#countShared(known, diagnostic, tree, change), lexical: termsOf(known) };
			// Also of a retired one: it goes on counting, and stays retired. One whose edits cannot be read keeps its counts.
			const own = readLearnedFix(known?.learned_fix) ?? NOTHING_LEARNED;
			const changed = changeExamples(own, change);
			if (!changed) return null;
			const { examples, failures } = changed;
			const others = (await this.#solutionsOf(diagnostic)).filter((solution) => solution.id !== id);
			rule = await learnTogether(this.#parser, this.#clock, [{ examples, failures }, ...others.map(({ learned }) => learned)], messages);
			const payload = this.#payload(diagnostic, signature, known, { key, examples, failures, fixes: fixesOf(rule, key) }, change);
			return { payload, lexical: termsOf(payload) };
		});
		// A shared one that was deleted at this moment counts no more.
		if (isGone) return this.#record(diagnostic, before, change);
		if (rule) await this.#tellOthers(id, diagnostic, rule);
		return { id, isCounted };
	}

	/** What the rule taught goes to the workspace's items of its other messages, but to one that somebody changes at this moment: the rule is learned anew there. */
	async #tellOthers(id: string, diagnostic: Diagnostic, rule: RuleFixes): Promise<void> {
		for (const other of await this.#solutionsOf(diagnostic)) {
			const learned_fix = writeLearnedFix({ ...other.learned, fixes: fixesOf(rule, other.learned.key) });
			if (other.id === id || !this.#isOwn(other.payload) || learned_fix === other.payload.learned_fix) continue;
			await this.#store.replace(COLLECTION, { id: other.id, lexical: termsOf(other.payload), payload: { ...other.payload, learned_fix } }, other.payload);
		}
	}

	#payload(diagnostic: Diagnostic, signature: ErrorSignature, known: Payload | undefined, learned: Omit<LearnedFix, 'version'>, change: Change): Payload {
		const record = countChange(known, change, this.#clock.nowMs());
		const newest = learned.examples.at(-1);
		// One example is enough: its code is in what the item says, and its words are in the message.
		const isLocalOnly = change.isLocalOnly === true || known?.local_only === true;
		const words = {
			error_message: redactSecrets(diagnostic.message).text,
			context: redactSecrets(signature.shape).text,
			solution: newest ? describeExample(newest) : isDisproved(record, change) ? '' : (known?.solution ?? ''),
			// What is embedded is the text of whoever wrote this content first.
			content_hash: solutionId(isLocalOnly ? `local-only ${this.#scope.workspaceId}` : '', signature.key),
		};
		return {
			first_seen: record.last_used,
			status: 'active',
			...words,
			...known,
			...record,
			// What its owner wants as it is keeps its words.
			...(known?.pinned ? {} : words),
			error_type: ruleOf(diagnostic),
			learned_fix: writeLearnedFix(learned),
			workspace_id: this.#scope.workspaceId,
			repository_id: this.#scope.repositoryId,
			scope: 'workspace',
			embedding_model: null,
			...(isLocalOnly ? { local_only: true } : {}),
		};
	}

	/** What its owner has given to other workspaces gets no code that they have not seen: it is counted, and what failed is offered no more. */
	#countShared(known: Payload, diagnostic: Diagnostic, tree: CodeTree | null, change: Change): Payload {
		const payload = { ...known, ...countChange(known, change, this.#clock.nowMs()) };
		const learned = readLearnedFix(known.learned_fix);
		if (!learned || !tree || change.failedText === undefined) return payload;
		const fixes = blameTemplates(learned.fixes, tree, diagnostic, change.failedText, { misses: change.failure, isOver: this.#deadline(LEARN_MS) });
		return { ...payload, learned_fix: writeLearnedFix({ ...learned, fixes }) };
	}

	/** What is known of the diagnostic's rule in this workspace or shared with all, and is not retired: the workspace's own first. */
	async #solutionsOf(diagnostic: Diagnostic): Promise<Solution[]> {
		const must = [
			{ key: 'workspace_id', match: { any: [this.#scope.workspaceId, ''] } },
			{ key: 'error_type', match: { value: ruleOf(diagnostic) } },
		];
		const filter = { must, must_not: [{ key: 'status', match: { value: 'retired' } }] };
		const { points } = await this.#store.scroll<typeof COLLECTION>(COLLECTION, { filter, limit: MAX_SOLUTIONS });
		const solutions = points.flatMap((point) => read(point) ?? []).filter(({ payload }) => this.#isOwn(payload) || !payload.local_only);
		// One of which only failures are known has no word of its own.
		const rank = ({ payload }: Solution) => (payload.success_count === 0 ? 3 : this.#isOwn(payload) ? 0 : payload.shared_from === this.#scope.workspaceId ? 1 : 2);
		return solutions.sort((a, b) => rank(a) - rank(b) || b.payload.success_count - a.payload.success_count);
	}

	#isOwn({ workspace_id }: Payload): boolean {
		return workspace_id === this.#scope.workspaceId;
	}

	#deadline(budgetMs: number): () => boolean {
		const endMs = this.#clock.nowMs() + budgetMs;
		return () => this.#clock.nowMs() > endMs;
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#last.then(work, work);
		this.#last = result.catch(() => undefined);
		return result;
	}
}

/** One of each kind of message: the first. */
function firstOfKinds(solutions: readonly Solution[]): Solution[] {
	const kinds = new Map<string, Solution>();
	for (const solution of solutions) if (!kinds.has(solution.learned.key)) kinds.set(solution.learned.key, solution);
	return [...kinds.values()];
}

function read({ id, payload }: StoredPoint<typeof COLLECTION>): Solution | null {
	const learned = readLearnedFix(payload.learned_fix);
	return learned && { id, payload, learned };
}
