import type { ErrorSolutionsPayload } from '#core/domain/collection';
import { contentHash } from '#core/domain/contentId';
import type { ClockPort } from '#core/ports';
import type { LearnedStore } from '#core/store/vectorStore';
import type { SyntaxParser } from '#core/syntax/syntaxParser';
import { editedHash } from '../book/changeItem.ts';
import { readAll } from '../book/readAll.ts';
import { updateItem } from '../updateItem.ts';
import { fixesOf, joinFixes } from './fixBook.ts';
import { type LearnedFix, readLearnedFix, writeLearnedFix } from './learnedFix.ts';
import { learnTogether } from './learnTogether.ts';
import { termsOf } from './solutionRecord.ts';
import { type Remains, withoutSources } from './withoutSources.ts';

export interface SolutionKeeper {
	/**
	 * Takes away what these interactions taught, and learns anew from what others did. Gives the solutions of which nothing is left: who asks removes them.
	 * The same when it is called again before that.
	 */
	forgetSources(interactionIds: readonly string[]): Promise<readonly string[]>;
}

type Payload = ErrorSolutionsPayload;
const COLLECTION = 'error-solutions';

/** Keeps error solutions to what the interactions taught that are still there. */
export function createSolutionKeeper(options: { readonly store: LearnedStore; readonly parser: SyntaxParser; readonly clock: Pick<ClockPort, 'nowMs'> }): SolutionKeeper {
	const { store, parser, clock } = options;

	const learn = (parts: readonly LearnedFix[]) => learnTogether(parser, clock, parts, joinFixes(parts.map(({ fixes }) => fixes)).messages);

	/** Keeps what is left of a rule's solutions. The touched ones come last: one that still is tells who calls again what there is to do. */
	async function forgetOfRule({ workspace_id, error_type }: Payload, gone: ReadonlySet<string>): Promise<void> {
		const must = [
			{ key: 'workspace_id', match: { value: workspace_id ?? '' } },
			{ key: 'error_type', match: { value: error_type } },
		];
		const touched: string[] = [];
		const others: string[] = [];
		const parts: LearnedFix[] = [];
		for await (const { id, payload } of readAll(store, COLLECTION, { must })) {
			const left = await remainsOf(id, payload, gone);
			const learned = learnedOf(payload, left);
			const isRetired = payload.status === 'retired';
			if (left !== 'untouched') touched.push(id);
			else if (learned && !isRetired) others.push(id);
			if (learned && !isRetired) parts.push(learned);
		}
		const rule = await learn(parts);
		for (const id of [...others, ...touched]) {
			await updateItem(store, COLLECTION, id, async (known) => {
				const left = known ? await remainsOf(id, known, gone) : 'nothing';
				if (!known || left === 'nothing') return null;
				const learned = learnedOf(known, left);
				const payload = left === 'untouched' ? known : left.payload;
				if (!learned) return left === 'untouched' ? null : { payload };
				// A retired one teaches the others nothing; it can be restored.
				const fixes = fixesOf(known.status === 'retired' ? await learn([...parts, learned]) : rule, learned.key);
				const learned_fix = writeLearnedFix({ ...learned, fixes });
				if (left === 'untouched' && learned_fix === known.learned_fix) return null;
				return { payload: { ...payload, learned_fix }, lexical: termsOf(payload) };
			});
		}
	}

	return {
		async forgetSources(interactionIds) {
			const gone = new Set(interactionIds);
			const rules = new Map<string, Payload>();
			const emptied: string[] = [];
			for await (const { id, payload } of readAll(store, COLLECTION)) {
				const left = await remainsOf(id, payload, gone);
				if (left === 'untouched') continue;
				rules.set(`${payload.workspace_id ?? ''}\n${payload.error_type}`, payload);
				if (left === 'nothing') emptied.push(id);
			}
			for (const payload of rules.values()) await forgetOfRule(payload, gone);
			return emptied;
		},
	};
}

function learnedOf(payload: Payload, left: Remains): LearnedFix | null {
	if (left === 'untouched') return readLearnedFix(payload.learned_fix);
	return left === 'nothing' ? null : left.learned;
}

async function remainsOf(id: string, payload: Payload, gone: ReadonlySet<string>): Promise<Remains> {
	if (withoutSources(payload, gone, true) === 'untouched') return 'untouched';
	const isOwned = await hasOwner(id, payload);
	const left = withoutSources(payload, gone, isOwned);
	if (typeof left === 'string' || isOwned) return left;
	// What is searched was the text of whoever wrote this content first.
	const { error_message, context } = left.payload;
	return { ...left, payload: { ...left.payload, embedding_model: null, content_hash: await contentHash(`kept\n${id}\n${error_message}\n${context}`) } };
}

/** Whether the user has taken a solution for their own: confirmed, edited or pinned it. */
async function hasOwner(id: string, payload: Payload): Promise<boolean> {
	const { pinned, status_by, status, content_hash } = payload;
	return pinned === true || (status_by === 'user' && status === 'active') || content_hash === (await editedHash(COLLECTION, id, payload));
}
