import type { JudgedRanking, LearnedPathWord } from '#core/domain/fileRanking';

/** Right files that a word is presumed to have met beside those seen, found and expected alike. */
const PRESUMED = 5;
/** Most that the words of a path say together, as a logarithm. */
const MOST = 2;

/** What the words of a file's path say of it, −2…2: the logarithm of how often such files were right against how often their rank had promised it. */
export type PathWords = (filePath: string) => number;

interface Tally {
	readonly found: number;
	readonly expected: number;
}

/** Less in a tally is the rounding of sums, or long gone. */
const NOTHING = 1e-9;

/**
 * Folders and file names by how often files with them proved right, against what their rank had promised: what is never the answer (examples,
 * generated code), and where the answers mostly lie. Each workspace has its own. Evidence loses half its weight in a half-life. Order does
 * not matter.
 */
export class PathTallies {
	readonly #halfLifeMs: number;
	readonly #epochMs: number;
	readonly #workspaces = new Map<string, Map<string, Tally>>();

	/** `epochMs`: about now; sums are kept as of then. */
	constructor(halfLifeDays: number, epochMs: number) {
		this.#halfLifeMs = halfLifeDays * 86_400_000;
		this.#epochMs = epochMs;
	}

	add(ranking: JudgedRanking): void {
		this.#count(ranking, 1);
	}

	/** Takes back what was added. */
	remove(ranking: JudgedRanking): void {
		this.#count(ranking, -1);
	}

	/** For files of a workspace. */
	of(workspaceId: string, nowMs: number): PathWords {
		const tallies = this.#workspaces.get(workspaceId);
		if (!tallies) return () => 0;
		const left = this.#left(nowMs);
		return (filePath) => {
			let sum = 0;
			for (const word of wordsOf(filePath)) sum += liftOf(tallies.get(word), left);
			return Math.max(-MOST, Math.min(MOST, sum));
		};
	}

	/** Words by what they say in the workspace, the strongest first. */
	strongest(workspaceId: string, nowMs: number): LearnedPathWord[] {
		const left = this.#left(nowMs);
		const strength = ({ factor }: LearnedPathWord) => Math.abs(Math.log(factor));
		return [...(this.#workspaces.get(workspaceId) ?? [])]
			.map(([word, tally]): LearnedPathWord => ({ word, found: tally.found * left, expected: tally.expected * left, factor: Math.exp(liftOf(tally, left)) }))
			.sort((a, b) => strength(b) - strength(a) || (a.word < b.word ? -1 : 1));
	}

	/** What is left at a moment of evidence of the epoch; evidence that came later counts there for more than it is worth, so that all decays together. */
	#left(atMs: number): number {
		return 2 ** ((this.#epochMs - atMs) / this.#halfLifeMs);
	}

	#count({ workspaceId, timeMs, files, used, weight }: JudgedRanking, sign: 1 | -1): void {
		const right = files.filter(({ filePath }) => used.includes(filePath)).length;
		if (right === 0 || weight <= 0) return;
		const tallies = this.#workspaces.get(workspaceId) ?? new Map<string, Tally>();
		this.#workspaces.set(workspaceId, tallies);
		const counts = (sign * weight) / this.#left(timeMs);
		for (const { filePath, share } of files) {
			const found = used.includes(filePath) ? counts / right : 0;
			for (const word of wordsOf(filePath)) {
				const known = tallies.get(word) ?? { found: 0, expected: 0 };
				const tally = { found: known.found + found, expected: known.expected + counts * share };
				if (tally.found > NOTHING || tally.expected > NOTHING) tallies.set(word, tally);
				else tallies.delete(word);
			}
		}
	}
}

function liftOf(tally: Tally | undefined, left: number): number {
	return tally ? Math.log((tally.found * left + PRESUMED) / (tally.expected * left + PRESUMED)) : 0;
}

/** Its folders and its name without the ending, each once. */
function wordsOf(filePath: string): ReadonlySet<string> {
	const path = filePath.toLowerCase().replace(/\.\w+$/, '');
	return new Set(path.split('/'));
}
