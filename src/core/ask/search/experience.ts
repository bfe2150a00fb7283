import { decayedSuccessRate, type SuccessRate } from '#core/domain/experience';
import { placeOf } from '#core/store/outcomeStore';
import type { ExperienceSource } from './experienceSource.ts';
import { type LikenessByWords, likenessByWords, similarQuestions } from './similarQuestions.ts';

/** Most that a place's record, whatever the question, takes or adds: a popular file must not drown a relevant one. */
const RECORD_SHARE = 0.15;
/** Pieces of evidence from which a record counts half of that. */
const HALF_EVIDENCE = 3;
/** Most that agents' word alone does to what is remembered, however often it is given: less than one thumb of the user. */
export const MOST_CLAIMED = 0.25;

/** No symbol's factor is above. */
export const LARGEST_SYMBOL_FACTOR = 2;

/** Files of similar questions that are looked at even where nothing else finds them, and from which memory on. */
const MOST_REMEMBERED = 5;
const REMEMBERED_FROM = 0.15;

/** A file that similar questions were answered with, by what the user and the editor say. */
export interface RememberedFile {
	readonly workspaceId: string;
	readonly filePath: string;
	/** 0…1. */
	readonly memory: number;
}

/** What earlier answers say of the places of a workspace, for one question. Without any, every factor is 1. */
export class Experience {
	readonly #memory: ReadonlyMap<string, number>;
	readonly #records: ReadonlyMap<string, SuccessRate>;
	/** The best first. */
	readonly remembered: readonly RememberedFile[];

	constructor(memory: ReadonlyMap<string, number>, records: ReadonlyMap<string, SuccessRate>, remembered: readonly RememberedFile[] = []) {
		this.#memory = memory;
		this.#records = records;
		this.remembered = remembered;
	}

	/** For any piece of a file, 0.42…2.3. */
	fileFactor(workspaceId: string, filePath: string): number {
		const place = placeOf(workspaceId, filePath, null);
		const { rate, evidence } = this.#records.get(place) ?? { rate: 0.5, evidence: 0 };
		return factorOf(this.#memory.get(place)) * (1 + RECORD_SHARE * (2 * rate - 1) * (evidence / (evidence + HALF_EVIDENCE)));
	}

	/** Beside that, for the piece that a similar question was answered with, 0.5…2. */
	symbolFactor(workspaceId: string, filePath: string, symbol: string | null): number {
		return symbol === null ? 1 : factorOf(this.#memory.get(placeOf(workspaceId, filePath, symbol)));
	}
}

/** Remembered success doubles a score at most, remembered failure halves it. `memory` is −1…1. */
function factorOf(memory = 0): number {
	return 2 ** memory;
}

/**
 * Recalls what became of answers to similar questions of the same workspaces (query memory), and the record of the files given. Without an
 * embedding of the question, words alone tell what is similar; `byWords` is asked for where it is absent.
 */
export async function recallExperience(
	question: string,
	embedding: { readonly model: string; readonly vector: Float32Array } | null,
	places: { readonly workspaceIds: readonly string[]; readonly files: readonly { readonly workspaceId: string; readonly filePath: string }[] },
	source: ExperienceSource,
	byWords?: LikenessByWords,
): Promise<Experience> {
	const { history, outcomes, nowMs, halfLifeDays } = source;
	if ((await history.count('interaction-history')) === 0) return new Experience(new Map(), new Map());
	const known = byWords ?? (await likenessByWords(question, places.workspaceIds, source));
	const similarities = await similarQuestions(known, embedding, places.workspaceIds, source);
	const memory = new Map<string, number>();
	const claims = new Map<string, number>();
	for (const credit of await outcomes.creditsOf([...similarities.keys()])) {
		const weight = (similarities.get(credit.interactionId) ?? 0) * credit.weight * decay(credit.timeMs, nowMs, halfLifeDays);
		const heard = credit.isConfirmed ? memory : claims;
		heard.set(credit.place, clamp((heard.get(credit.place) ?? 0) + weight * (2 * credit.success - 1)));
	}
	const remembered = rememberedFiles(memory);
	for (const [place, claim] of claims) memory.set(place, clamp((memory.get(place) ?? 0) + clamp(claim, MOST_CLAIMED)));
	const asked = places.files.map(({ workspaceId, filePath }) => placeOf(workspaceId, filePath, null));
	const records = new Map([...(await outcomes.creditsAt(asked))].map(([place, credits]) => [place, decayedSuccessRate(credits, nowMs, halfLifeDays)]));
	return new Experience(memory, records, remembered);
}

function rememberedFiles(memory: ReadonlyMap<string, number>): readonly RememberedFile[] {
	return [...memory]
		.flatMap(([place, value]): readonly RememberedFile[] => {
			const [workspaceId = '', filePath, symbol] = place.split('\n');
			return filePath && symbol === '' && value >= REMEMBERED_FROM ? [{ workspaceId, filePath, memory: value }] : [];
		})
		.sort((a, b) => b.memory - a.memory || (a.filePath < b.filePath ? -1 : 1))
		.slice(0, MOST_REMEMBERED);
}

/** What is left of evidence from then, 0…1. */
export function decay(timeMs: number, nowMs: number, halfLifeDays: number): number {
	return 2 ** (-Math.max(0, nowMs - timeMs) / (halfLifeDays * 86_400_000));
}

/** The value, no further from 0 than `most`. */
export function clamp(value: number, most = 1): number {
	return Math.max(-most, Math.min(most, value));
}
