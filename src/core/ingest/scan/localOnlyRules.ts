import { CoordinatorError } from '#core/base/errors';
import { hasLocalOnlyMark, type LocalOnlyCheck, type LocalOnlyQuestion, type LocalOnlyReason, type LocalOnlyVerdict, MARK_BYTES } from '#core/domain/localOnly';
import type { FilePort } from '#core/ports';
import { IgnoreRules, isUsablePattern } from './ignoreRules.ts';

export const LOCAL_ONLY_FILE = '.hybridlocal';
const MAX_RULE_BYTES = 1_000_000;

export interface LocalOnlyOptions {
	readonly files: Pick<FilePort, 'readFile' | 'realPath' | 'join'>;
	/** Absolute paths of the open folders: the setting's patterns are relative to them, and to the root of the disk for files elsewhere. */
	readonly folders: () => readonly string[];
	/** The setting `privacy.localOnly`. */
	readonly patterns: () => readonly string[];
}

/**
 * Says which files are local-only. Every call reads the rule files and the first lines anew (a few dozen small reads for a question), so a
 * change holds at once, whether a watcher saw it or not. `.hybridlocal` files have gitignore syntax and nest; they count in every folder above
 * a file, also above the workspace. No rule file can take back what the setting or a mark says, and a link is what it leads to as well.
 */
export function createLocalOnlyCheck(options: LocalOnlyOptions): LocalOnlyCheck {
	return async (questions) => {
		const reader = new RuleReader(options);
		return Promise.all(questions.map((question) => reader.verdict(question)));
	};
}

/** One look at the disk; what was read once is kept for its length. */
class RuleReader {
	readonly #options: LocalOnlyOptions;
	readonly #rules = new Map<string, Promise<string | null | 'unreadable'>>();
	readonly #verdicts = new Map<string, Promise<LocalOnlyVerdict>>();

	constructor(options: LocalOnlyOptions) {
		this.#options = options;
	}

	async verdict({ path, text }: LocalOnlyQuestion): Promise<LocalOnlyVerdict> {
		const given = this.#options.files.join(path);
		let verdict = this.#verdicts.get(given);
		if (!verdict) {
			verdict = this.#judge(given);
			this.#verdicts.set(given, verdict);
		}
		const known = await verdict;
		return (known === 'open' || known === 'missing') && text !== undefined && hasLocalOnlyMark(text) ? 'mark' : known;
	}

	async #judge(path: string): Promise<LocalOnlyVerdict> {
		const byRule = await this.#byRule(path);
		if (byRule) return byRule;
		try {
			const real = await this.#options.files.realPath(path);
			const byRealRule = real === path ? null : await this.#byRule(real);
			if (byRealRule) return byRealRule;
			return hasLocalOnlyMark(new TextDecoder().decode(await this.#options.files.readFile(path, { maxBytes: MARK_BYTES }))) ? 'mark' : 'open';
		} catch (error) {
			return CoordinatorError.is(error, 'not-found') ? 'missing' : 'unreadable';
		}
	}

	async #byRule(path: string): Promise<LocalOnlyReason | null> {
		return this.#bySetting(path) ?? (await this.#byRuleFiles(path));
	}

	#bySetting(path: string): LocalOnlyReason | null {
		const patterns = this.#options.patterns();
		if (patterns.length === 0) return null;
		if (!patterns.every(isUsablePattern)) return 'unreadable';
		const place = split(path).segments.join('/');
		const folders = this.#options.folders().map((folder) => split(folder).segments.join('/'));
		const within = folders.filter((folder) => place.startsWith(`${folder}/`)).map((folder) => place.slice(folder.length + 1));
		const rules = new IgnoreRules().with('setting', '', patterns);
		return (within.length === 0 ? [place] : within).some((relative) => rules.ignoresFile(relative)) ? 'setting' : null;
	}

	async #byRuleFiles(path: string): Promise<LocalOnlyReason | null> {
		const { root, separator, segments } = split(path);
		if (separator === null) return null;
		const folders = segments.map((_, depth) => root + segments.slice(0, depth).join(separator));
		const texts = await Promise.all(folders.map((folder) => this.#ruleFile(folder)));
		let rules = new IgnoreRules();
		for (const [depth, text] of texts.entries()) {
			if (text === 'unreadable') return 'unreadable';
			if (text !== null) rules = rules.with(LOCAL_ONLY_FILE, segments.slice(0, depth).join('/'), text);
			const place = segments.slice(0, depth + 1).join('/');
			if (depth === segments.length - 1) return rules.ignoresFile(place) ? 'rule-file' : null;
			const verdict = rules.directory(place);
			if (verdict !== 'enter') return 'rule-file';
			rules = rules.inside(place, verdict);
		}
		return null;
	}

	/** Null where there is none. Rules that cannot be read or understood whole are `unreadable`: everything below may be meant. */
	#ruleFile(folder: string): Promise<string | null | 'unreadable'> {
		let rules = this.#rules.get(folder);
		if (!rules) {
			rules = this.#readRules(folder);
			this.#rules.set(folder, rules);
		}
		return rules;
	}

	async #readRules(folder: string): Promise<string | null | 'unreadable'> {
		try {
			const bytes = await this.#options.files.readFile(this.#options.files.join(folder, LOCAL_ONLY_FILE), { maxBytes: MAX_RULE_BYTES });
			const text = new TextDecoder().decode(bytes);
			return bytes.length < MAX_RULE_BYTES && !text.includes('\0') && text.split(/\r?\n/).every(isUsablePattern) ? text : 'unreadable';
		} catch (error) {
			return CoordinatorError.is(error, 'not-found') ? null : 'unreadable';
		}
	}
}

/** An absolute path as the root of its disk and the names below; a separator of null says that it is not absolute. */
function split(path: string): { readonly root: string; readonly separator: string | null; readonly segments: readonly string[] } {
	const isWindows = /^(?:[A-Za-z]:|\\\\)/.test(path);
	const separator = isWindows ? '\\' : '/';
	const parts = path.split(isWindows ? /[\\/]/ : '/');
	if (!isWindows && !path.startsWith('/')) return { root: '', separator: null, segments: parts.filter((part) => part !== '') };
	// A drive is one part, a share four: `\\server\share`.
	const rootParts = path.startsWith('\\\\') ? 4 : 1;
	return { root: parts.slice(0, rootParts).join(separator) + separator, separator, segments: parts.slice(rootParts).filter((part) => part !== '') };
}
