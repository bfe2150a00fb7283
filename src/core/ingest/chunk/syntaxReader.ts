import type { ChunkKind, ChunkProblem } from '#core/domain/chunk';
import { type AssetReader, type Grammar, type Query, type QueryMatch, SyntaxParser, type Tree } from '#core/syntax/syntaxParser';
import type { Language, LanguageTable } from './languages.ts';

/** A named piece of source as the grammar sees it: code unit ranges, end exclusive. */
export interface SyntaxDefinition {
	readonly kind: ChunkKind;
	readonly name: string;
	readonly nameIndex: number;
	readonly start: number;
	readonly end: number;
}

export interface SyntaxOutline {
	readonly definitions: readonly SyntaxDefinition[];
	readonly imports: readonly string[];
	readonly problems: readonly ChunkProblem[];
	/** False: nothing is known of the structure; cut by lines. */
	readonly isParsed: boolean;
}

interface LoadedLanguage {
	readonly grammar: Grammar;
	readonly query: Query;
	/** Kind of each capture name that makes a definition. */
	readonly kinds: ReadonlyMap<string, ChunkKind>;
}

/** A parse or query that takes longer is given up, and the file is cut by lines. */
const PARSE_TIMEOUT_MS = 2_000;
const LONGEST_NAME = 120;
/** Larger files of these languages are data: their keys name nothing that anybody asks for, and parsing them takes longer than all the rest. */
const DATA_LANGUAGES: ReadonlySet<string> = new Set(['json', 'yaml']);
const MAX_DATA_CHARACTERS = 100_000;

/** Parses sources with tree-sitter and runs the language's query. Grammars load on first use and stay; one reader serves one thread. */
export class SyntaxReader {
	readonly #readAsset: AssetReader;
	readonly #table: LanguageTable;
	readonly #parser: SyntaxParser;
	readonly #loaded = new Map<string, Promise<LoadedLanguage | null>>();

	constructor(readAsset: AssetReader, table: LanguageTable, options: { readonly nowMs: () => number }) {
		this.#readAsset = readAsset;
		this.#table = table;
		this.#parser = new SyntaxParser(readAsset, { nowMs: options.nowMs, timeoutMs: PARSE_TIMEOUT_MS });
	}

	/** Never rejects: whatever goes wrong is a problem of the outline. */
	async read(text: string, languageId: string): Promise<SyntaxOutline> {
		const language = this.#table.get(languageId);
		const isData = DATA_LANGUAGES.has(languageId) && text.length > MAX_DATA_CHARACTERS;
		if (!language || isData) return { definitions: [], imports: [], problems: [], isParsed: false };
		const loaded = await this.#load(language);
		if (!loaded) return failed('grammar-unavailable');
		const parsed = await this.#parser.parse(text, loaded.grammar, (tree, { isOver }): SyntaxOutline => {
			const root = tree.rootNode;
			const depth = language.queryDepth ? { maxStartDepth: language.queryDepth } : {};
			const matches = loaded.query.matches(root, { progressCallback: isOver, ...depth });
			const problems: ChunkProblem[] = root.hasError ? [{ code: 'syntax-error', line: errorLine(tree) }] : [];
			return { ...collect(text, matches, loaded.kinds), problems, isParsed: true };
		});
		return 'failure' in parsed ? failed(parsed.failure) : parsed.value;
	}

	#load(language: Language): Promise<LoadedLanguage | null> {
		const known = this.#loaded.get(language.id);
		if (known) return known;
		const loading = (async () => {
			try {
				const [grammar, source] = await Promise.all([this.#parser.grammar(language.id), this.#readAsset(`syntaxes/${language.query}.scm`)]);
				if (!grammar) return null;
				const query = this.#parser.compileQuery(grammar, new TextDecoder().decode(source));
				return { grammar, query, kinds: new Map(query.captureNames.flatMap((name) => kindOf(name))) };
			} catch {
				return null;
			}
		})();
		this.#loaded.set(language.id, loading);
		return loading;
	}
}

function kindOf(captureName: string): [string, ChunkKind][] {
	if (captureName === 'section') return [[captureName, 'section']];
	return captureName.startsWith('definition.') ? [[captureName, captureName.slice('definition.'.length) as ChunkKind]] : [];
}

function failed(code: ChunkProblem['code']): SyntaxOutline {
	return { definitions: [], imports: [], problems: [{ code }], isParsed: false };
}

function collect(text: string, matches: readonly QueryMatch[], kinds: ReadonlyMap<string, ChunkKind>): Pick<SyntaxOutline, 'definitions' | 'imports'> {
	const definitions: SyntaxDefinition[] = [];
	const imports = new Set<string>();
	for (const { captures } of matches) {
		let kind: ChunkKind | undefined;
		let start = 0;
		let end = 0;
		let lastEnd = 0;
		let name = '';
		let nameIndex = 0;
		for (const { name: capture, node } of captures) {
			const definitionKind = kinds.get(capture);
			if (definitionKind) {
				kind = definitionKind;
				start = node.startIndex;
				end = node.endIndex;
			} else if (capture === 'name') {
				nameIndex = node.startIndex;
				name = cleanName(text.slice(nameIndex, Math.min(node.endIndex, nameIndex + 4 * LONGEST_NAME)));
			} else if (capture === 'end') lastEnd = node.endIndex;
			else if (capture === 'import') imports.add(cleanImport(text.slice(node.startIndex, node.endIndex)));
		}
		if (kind) definitions.push({ kind, name, nameIndex, start, end: Math.max(end, lastEnd) });
	}
	imports.delete('');
	return { definitions, imports: [...imports] };
}

/** First line of a name, without quotes or the body that a CSS at-rule brings along. */
function cleanName(raw: string): string {
	const name = raw
		.split(/[\r\n{]/, 1)
		.join('')
		.trim()
		.replace(/^(["'`])(.*)\1$/, '$2');
	return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

function cleanImport(raw: string): string {
	return raw
		.trim()
		.replace(/^import\s+/, '')
		.replace(/^["'`<]|["'`>]$/g, '')
		.replace(/\s+/g, ' ')
		.slice(0, 300);
}

/** 1-based line of the first error node, found by going down the first child that has an error. */
function errorLine(tree: Tree): number {
	const cursor = tree.walk();
	try {
		let line = 1;
		for (let steps = 0; steps < 5_000; steps++) {
			const node = cursor.currentNode;
			if (node.isError || node.isMissing) return node.startPosition.row + 1;
			if (node.hasError) {
				line = node.startPosition.row + 1;
				if (!cursor.gotoFirstChild()) return line;
			} else if (!cursor.gotoNextSibling()) return line;
		}
		return line;
	} finally {
		cursor.delete();
	}
}
