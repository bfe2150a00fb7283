import type { JudgedRanking, LearnedPathWord } from '#core/domain/fileRanking';

/** Right files that a word is presumed to have met beside those seen, found and expected alike. */
const PRESUMED = 5;
/** What an outcome of another workspace counts here. */
const ELSEWHERE = 0.3;
/** Most that the words of a path say together, as a logarithm. */
const MOST = 2;

/** What the words of a file's path say of it, −2…2: the logarithm of how often such files were right against how often their rank had promised it. */
export type PathWords = (filePath: string) => number;

interface Tally {
	found: number;
	expected: number;
}

/**
 * Folders and file names by how often files with them proved right, against what their rank had promised: what is never the answer (examples,
 * generated code), and where the answers mostly lie. Outcomes of other workspaces count less, local-only ones not at all. Order does not matter.
 */
export class PathTallies {
	readonly #everywhere = new Map<string, Tally>();
	readonly #own = new Map<string, { readonly all: Map<string, Tally>; readonly shared: Map<string, Tally> }>();

	add({ workspaceId, files, used, weight, isLocalOnly }: JudgedRanking): void {
		const right = files.filter(({ filePath }) => used.includes(filePath)).length;
		if (right === 0 || weight <= 0) return;
		const own = this.#own.get(workspaceId) ?? { all: new Map(), shared: new Map() };
		this.#own.set(workspaceId, own);
		for (const { filePath, share } of files) {
			const found = used.includes(filePath) ? weight / right : 0;
			for (const word of wordsOf(filePath)) {
				for (const tallies of isLocalOnly ? [own.all] : [own.all, own.shared, this.#everywhere]) count(tallies, word, found, weight * share);
			}
		}
	}

	clear(): void {
		this.#everywhere.clear();
		this.#own.clear();
	}

	/** For files of a workspace. */
	of(workspaceId: string): PathWords {
		return (filePath) => {
			let sum = 0;
			for (const word of wordsOf(filePath)) sum += this.#liftOf(workspaceId, word);
			return Math.max(-MOST, Math.min(MOST, sum));
		};
	}

	/** Words by what they say in the workspace, the strongest first. */
	strongest(workspaceId: string, limit: number): LearnedPathWord[] {
		const words = new Set([...this.#everywhere.keys(), ...(this.#own.get(workspaceId)?.all.keys() ?? [])]);
		const strength = ({ factor }: LearnedPathWord) => Math.abs(Math.log(factor));
		return [...words]
			.map((word): LearnedPathWord => ({ word, ...this.#tallyOf(workspaceId, word), factor: Math.exp(this.#liftOf(workspaceId, word)) }))
			.sort((a, b) => strength(b) - strength(a) || (a.word < b.word ? -1 : 1))
			.slice(0, limit);
	}

	#liftOf(workspaceId: string, word: string): number {
		const { found, expected } = this.#tallyOf(workspaceId, word);
		return Math.log((found + PRESUMED) / (expected + PRESUMED));
	}

	#tallyOf(workspaceId: string, word: string): Tally {
		const own = this.#own.get(workspaceId);
		const sum = (part: keyof Tally) => {
			const elsewhere = (this.#everywhere.get(word)?.[part] ?? 0) - (own?.shared.get(word)?.[part] ?? 0);
			return (own?.all.get(word)?.[part] ?? 0) + ELSEWHERE * Math.max(0, elsewhere);
		};
		return { found: sum('found'), expected: sum('expected') };
	}
}

function count(tallies: Map<string, Tally>, word: string, found: number, expected: number): void {
	const tally = tallies.get(word) ?? { found: 0, expected: 0 };
	tally.found += found;
	tally.expected += expected;
	tallies.set(word, tally);
}

/** Its folders and its name without the ending, each once. */
function wordsOf(filePath: string): ReadonlySet<string> {
	const path = filePath.toLowerCase().replace(/\.\w+$/, '');
	return new Set(path.split('/'));
}
