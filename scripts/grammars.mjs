/** Language id → package and file of its grammar; the official packages first, others where those ship no usable WebAssembly. */
export const GRAMMARS = {
	...Object.fromEntries(
		['bash', 'c', 'cpp', 'css', 'elixir', 'go', 'haskell', 'html', 'java', 'javascript', 'json', 'php', 'python', 'ruby', 'rust', 'scala', 'typescript'].map((id) => [
			id,
			[`tree-sitter-${id}`, `tree-sitter-${id}.wasm`],
		]),
	),
	...Object.fromEntries(['kotlin', 'lua', 'toml', 'yaml', 'zig'].map((id) => [id, [`@tree-sitter-grammars/tree-sitter-${id}`, `tree-sitter-${id}.wasm`]])),
	tsx: ['tree-sitter-typescript', 'tree-sitter-tsx.wasm'],
	csharp: ['tree-sitter-c-sharp', 'tree-sitter-c_sharp.wasm'],
	swift: ['@repomix/tree-sitter-wasms', 'out/tree-sitter-swift.wasm'],
	dart: ['@repomix/tree-sitter-wasms', 'out/tree-sitter-dart.wasm'],
	nix: ['@cursorless/tree-sitter-wasms', 'out/tree-sitter-nix.wasm'],
	markdown: ['@kerebron/wasm', 'assets/tree-sitter-markdown/tree-sitter-markdown.wasm'],
};

/** The packages of all grammars. */
export const GRAMMAR_PACKAGES = [...new Set(Object.values(GRAMMARS).map(([name]) => name))];
