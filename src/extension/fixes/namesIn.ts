const QUOTED = /(?<![\p{L}\p{N}])'([^'\n]{1,200})'|["`“‘«]([^"`”’»\n]{1,200})["`”’»]/gu;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
/** What stands in types and code of many languages and is defined nowhere. */
const KEYWORDS =
	/^(?:any|async|await|bool|boolean|char|class|const|def|double|else|enum|export|false|float|fn|for|func|function|if|import|in|int|interface|let|long|never|new|nil|none|null|number|object|of|readonly|return|self|static|str|string|struct|symbol|this|true|type|typeof|undefined|unknown|var|void|while)$/i;

/** The names that a diagnostic quotes, then those in the code that it is about: what is at fault may be defined elsewhere. */
export function namesIn(message: string, code: string): string[] {
	const quoted = [...message.matchAll(QUOTED)].flatMap(([, single, other]) => [...(single ?? other ?? '').matchAll(NAME)].map(([name]) => name));
	const marked = [...code.slice(0, 200).matchAll(NAME)].map(([name]) => name);
	return [...new Set([...quoted, ...marked])].filter((name) => name.length > 1 && !KEYWORDS.test(name));
}
