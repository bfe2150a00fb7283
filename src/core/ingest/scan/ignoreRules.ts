import ignore, { type Ignore } from 'ignore';

/** From strongest to weakest: the first that says something about a path decides. `.hybridlocal` stands in rules of its own (see localOnlyRules). */
export type IgnoreSource = '.hybridlocal' | '.hybridignore' | 'setting' | '.ignore' | '.gitignore' | 'git-exclude' | 'default';

const ORDER: readonly IgnoreSource[] = ['.hybridlocal', '.hybridignore', 'setting', '.ignore', '.gitignore', 'git-exclude', 'default'];

interface IgnoreLayer {
	readonly source: IgnoreSource;
	/** Folder of the ignore file, relative with `/` at the end; empty for the root. */
	readonly base: string;
	/** From the folder of an ignore file above the root down to the root, with `/` at the end; empty for files below it. */
	readonly prefix: string;
	/** How deep the ignore file lies: negative above the root. The deeper wins. */
	readonly depth: number;
	readonly matcher: Ignore;
	/**
	 * Anchored un-ignore patterns, without `!` and leading `/`, as segments. As in git, a pattern without a slash inside (`!keep.ts`) opens no
	 * ignored folder, for it would mean to walk all of them; it holds in folders that are entered for another pattern.
	 */
	readonly rescues: readonly (readonly string[])[];
}

export type DirectoryVerdict = 'enter' | 'enter-for-rescue' | 'ignored';

/** The rules that hold in one folder: those of its own ignore files over those of the folders above. Immutable. */
export class IgnoreRules {
	readonly #layers: readonly IgnoreLayer[];
	readonly #isRescueOnly: boolean;

	constructor(layers: readonly IgnoreLayer[] = [], isRescueOnly = false) {
		this.#layers = layers;
		this.#isRescueOnly = isRescueOnly;
	}

	/** These rules with the patterns of one more file; deeper files win over shallower ones of the same source. */
	with(source: IgnoreSource, base: string, patterns: string | readonly string[]): IgnoreRules {
		const lines = linesOf(patterns);
		const rescues =
			source !== '.hybridignore' ? [] : lines.filter((line) => /^!.*[^/]\/[^/]/.test(line)).map((line) => line.slice(1).trim().replace(/^\//, '').split('/'));
		const depth = base === '' ? 0 : base.split('/').length;
		return this.#and({ source, base: base === '' ? '' : `${base}/`, prefix: '', depth, matcher: matcherOf(lines), rescues });
	}

	/**
	 * These rules with those of an ignore file `levels` above the root; `prefix` leads from its folder down to the root, with `/` at the end.
	 * A file that leaves out the root itself says nothing: somebody opened that folder on purpose.
	 */
	withAbove(source: IgnoreSource, prefix: string, levels: number, patterns: string): IgnoreRules {
		const matcher = matcherOf(linesOf(patterns));
		if (prefix !== '' && matcher.test(prefix).ignored) return this;
		return this.#and({ source, base: '', prefix, depth: -levels, matcher, rescues: [] });
	}

	/** Whether the file at this path (relative to the root) is left out. */
	ignoresFile(path: string): boolean {
		return (this.#verdict(path) ?? (this.#isRescueOnly ? 'ignored' : 'kept')) === 'ignored';
	}

	/** What to do with a folder; `enter-for-rescue`: it is ignored, but a `.hybridignore` takes back something below it. */
	directory(path: string): DirectoryVerdict {
		const verdict = this.#verdict(`${path}/`) ?? (this.#isRescueOnly ? 'ignored' : 'kept');
		if (verdict === 'kept') return 'enter';
		return this.#layers.some(({ base, rescues }) => path.startsWith(base) && rescues.some((rescue) => reaches(rescue, path.slice(base.length).split('/'))))
			? 'enter-for-rescue'
			: 'ignored';
	}

	/** The rules for what lies in a folder that is entered. A layer that was overruled for the folder still says what it says about paths below. */
	inside(path: string, verdict: DirectoryVerdict): IgnoreRules {
		const layers = this.#layers.map((layer) => {
			const folder = `${layer.prefix}${path.slice(layer.base.length)}/`;
			if (!path.startsWith(layer.base) || !layer.matcher.test(folder).ignored) return layer;
			return {
				...layer,
				matcher: ignore({ allowRelativePaths: true })
					.add(layer.matcher)
					.add(`!/${escaped(folder)}`),
			};
		});
		return new IgnoreRules(layers, verdict === 'enter-for-rescue');
	}

	#and(layer: IgnoreLayer): IgnoreRules {
		const layers = [layer, ...this.#layers].sort((a, b) => ORDER.indexOf(a.source) - ORDER.indexOf(b.source) || b.depth - a.depth);
		return new IgnoreRules(layers, this.#isRescueOnly);
	}

	#verdict(path: string): 'ignored' | 'kept' | null {
		for (const { source, base, prefix, matcher } of this.#layers) {
			if (!path.startsWith(base) || (this.#isRescueOnly && source !== '.hybridignore')) continue;
			const { ignored, unignored } = matcher.test(prefix + path.slice(base.length));
			if (ignored) return 'ignored';
			if (unignored) return 'kept';
		}
		return null;
	}
}

/** Whether an anchored pattern can match something below the folder. */
function reaches(pattern: readonly string[], folder: readonly string[]): boolean {
	for (const [i, segment] of folder.entries()) {
		const part = pattern[i];
		if (part === undefined || part === '') return false;
		if (part === '**') return i > 0;
		if (!/[*?[]/.test(part) && part !== segment) return false;
	}
	return pattern.length > folder.length;
}

/** A path as a pattern that matches it alone. */
function escaped(path: string): string {
	return path.replace(/[\\*?[\]!# ]/g, '\\$&');
}

function linesOf(patterns: string | readonly string[]): string[] {
	return (typeof patterns === 'string' ? patterns.split(/\r?\n/) : patterns).map((line) => line.replace(/^\uFEFF/, ''));
}

function matcherOf(lines: readonly string[]): Ignore {
	return ignore({ allowRelativePaths: true }).add(lines.filter(isUsablePattern));
}

/** Whether the library can compile a pattern. One that it cannot is left out instead of failing the scan. */
export function isUsablePattern(line: string): boolean {
	try {
		ignore().add(line).ignores('x');
		return true;
	} catch {
		return false;
	}
}
