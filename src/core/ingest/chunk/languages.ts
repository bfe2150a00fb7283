/** One language that is parsed: an entry of `syntaxes/languages.json`. */
export interface Language {
	readonly id: string;
	/** With dot. */
	readonly extensions: readonly string[];
	readonly fileNames: readonly string[];
	/** Programs of a `#!` line that run this language. */
	readonly interpreters?: readonly string[];
	/** The grammar's WebAssembly inside node_modules; shipped as `grammars/<id>.wasm`. */
	readonly grammar: string;
	/** Name of the query file under `syntaxes/`, without `.scm`. */
	readonly query: string;
	readonly lineComments: readonly string[];
	/** Pairs of opening and closing. */
	readonly blockComments: readonly (readonly [string, string])[];
	/** What a line of decorators, annotations or attributes starts with. */
	readonly attributes: readonly string[];
	/** Deepest syntax node at which a match of the query may start; all when absent. For data files. */
	readonly queryDepth?: number;
}

interface LanguageFile {
	readonly languages: readonly Language[];
	readonly otherExtensions: Readonly<Record<string, string>>;
	readonly otherFileNames: Readonly<Record<string, string>>;
}

/** Names the language of a file, and knows which languages have a grammar. */
export class LanguageTable {
	readonly #byId = new Map<string, Language>();
	readonly #byExtension = new Map<string, string>();
	readonly #byFileName = new Map<string, string>();
	readonly #byInterpreter = new Map<string, string>();

	/** `json`: the text of `syntaxes/languages.json`, which ships with this code. */
	constructor(json: string) {
		const file = JSON.parse(json) as LanguageFile;
		for (const [extension, id] of Object.entries(file.otherExtensions)) this.#byExtension.set(extension.toLowerCase(), id);
		for (const [name, id] of Object.entries(file.otherFileNames)) this.#byFileName.set(name, id);
		for (const language of file.languages) {
			this.#byId.set(language.id, language);
			for (const extension of language.extensions) this.#byExtension.set(extension.toLowerCase(), language.id);
			for (const name of language.fileNames) this.#byFileName.set(name, language.id);
			for (const program of language.interpreters ?? []) this.#byInterpreter.set(program, language.id);
		}
	}

	/** Null where there is no grammar for the id. */
	get(id: string): Language | null {
		return this.#byId.get(id) ?? null;
	}

	get all(): readonly Language[] {
		return [...this.#byId.values()];
	}

	/**
	 * The language id of a file. In this order: the user's mapping (file name, then longest extension), file name, longest extension,
	 * `#!` line, then the extension itself as a name, or `text`.
	 */
	detect(path: string, firstLine: string, mapping: Readonly<Record<string, string>>): string {
		const name = path.slice(path.lastIndexOf('/') + 1);
		const extensions: string[] = [];
		for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) extensions.push(name.slice(dot).toLowerCase());
		const mapped = new Map(Object.entries(mapping).map(([key, id]) => [key.toLowerCase(), id]));
		for (const key of [name.toLowerCase(), ...extensions]) {
			const id = mapped.get(key);
			if (id) return id;
		}
		const named = this.#byFileName.get(name);
		if (named) return named;
		for (const extension of extensions) {
			const id = this.#byExtension.get(extension);
			if (id) return id;
		}
		const program = /^#!\s*(?:\S*\/)?([\w.+-]+)(?:\s+(?:-\S+\s+)*([\w.+-]+))?/.exec(firstLine);
		if (program) {
			const runs = program[1] === 'env' ? program[2] : program[1];
			const id = this.#byInterpreter.get(runs ?? '') ?? this.#byInterpreter.get((runs ?? '').replace(/[\d.]+$/, ''));
			if (id) return id;
		}
		const last = extensions.at(-1)?.slice(1) ?? '';
		return /^[a-z][a-z0-9+_-]{0,19}$/.test(last) && name.lastIndexOf('.') > 0 ? last : 'text';
	}
}
