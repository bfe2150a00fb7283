import { Language as Grammar, Parser, Query, type Tree } from 'web-tree-sitter';

export type { Language as Grammar, Query, QueryMatch, Tree } from 'web-tree-sitter';

/** Reads a shipped file by its path under the assets folder: `web-tree-sitter.wasm`, `grammars/<id>.wasm`, `syntaxes/<query>.scm`. */
export type AssetReader = (path: string) => Promise<Uint8Array>;

export type ParseFailure = 'grammar-unavailable' | 'parse-timeout' | 'syntax-error';

/** What a reader of a tree may ask while it reads. */
export interface ParseBudget {
	/** True once the time is over. Also what tree-sitter wants as a `progressCallback`. */
	readonly isOver: () => boolean;
}

export type ParseResult<T> = { readonly value: T } | { readonly failure: ParseFailure };

/** The one owner of tree-sitter's parser. Grammars load on first use and stay; one parser serves one thread. */
export class SyntaxParser {
	readonly #readAsset: AssetReader;
	readonly #nowMs: () => number;
	readonly #timeoutMs: number;
	readonly #grammars = new Map<string, Promise<Grammar | null>>();
	#parser: Promise<Parser | null> | undefined;

	constructor(readAsset: AssetReader, options: { readonly nowMs: () => number; readonly timeoutMs: number }) {
		this.#readAsset = readAsset;
		this.#nowMs = options.nowMs;
		this.#timeoutMs = options.timeoutMs;
	}

	/** Null where the language has no grammar, or it cannot be loaded. */
	grammar(languageId: string): Promise<Grammar | null> {
		const known = this.#grammars.get(languageId);
		if (known) return known;
		const loading = (async () => {
			try {
				if (!(await this.#currentParser())) return null;
				return await Grammar.load(await this.#readAsset(`grammars/${languageId}.wasm`));
			} catch {
				return null;
			}
		})();
		this.#grammars.set(languageId, loading);
		return loading;
	}

	/** Throws when the source is no query of the grammar. */
	compileQuery(grammar: Grammar, source: string): Query {
		return new Query(grammar, source);
	}

	/** Parses and hands the tree to `read`, which must not keep it. Never rejects, not even when `read` throws: that is a `syntax-error`. */
	async parse<T>(text: string, grammar: Grammar | null, read: (tree: Tree, budget: ParseBudget) => T): Promise<ParseResult<T>> {
		const parser = grammar && (await this.#currentParser());
		if (!parser) return { failure: 'grammar-unavailable' };
		let tree: Tree | null = null;
		try {
			const deadlineMs = this.#nowMs() + this.#timeoutMs;
			const isOver = () => this.#nowMs() > deadlineMs;
			parser.setLanguage(grammar);
			tree = parser.parse(text, null, { progressCallback: isOver });
			if (!tree) {
				parser.reset();
				return { failure: 'parse-timeout' };
			}
			const value = read(tree, { isOver });
			return isOver() ? { failure: 'parse-timeout' } : { value };
		} catch {
			// A trap inside WebAssembly leaves the parser in an unknown state: a new one is made for the next text.
			this.#parser = undefined;
			return { failure: 'syntax-error' };
		} finally {
			try {
				tree?.delete();
			} catch {
				this.#parser = undefined;
			}
		}
	}

	#currentParser(): Promise<Parser | null> {
		this.#parser ??= this.#createParser();
		return this.#parser;
	}

	async #createParser(): Promise<Parser | null> {
		try {
			const wasmBinary = await this.#readAsset('web-tree-sitter.wasm');
			await Parser.init({ wasmBinary: wasmBinary as unknown as ArrayBuffer });
			return new Parser();
		} catch {
			return null;
		}
	}
}
