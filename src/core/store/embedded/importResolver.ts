/** A file with what it names as imported, as written in its source. */
export interface ImportingFile {
	readonly path: string;
	readonly language: string;
	readonly imports: readonly string[];
}

/** A name found in more files than this says nothing about which of them is meant. */
const MAX_CANDIDATES = 3;
/** Endings that a module's name may have on disk; the folder's own file stands for the folder. */
const FOLDER_FILES = /\/(?:__init__\.py|index\.[cm]?[jt]sx?|mod\.rs|lib\.rs)$/;

/**
 * Which files import, or are imported by, which: both directions, without the file itself. A name is resolved by path: relative ones from
 * the importing file's folder, others to the files whose path ends in the name's parts; a name that could be many files is left out.
 */
export function resolveImports(files: readonly ImportingFile[]): Map<string, readonly string[]> {
	const byModule = new Map<string, string[]>();
	for (const { path } of files) {
		const parts = modulePath(path).split('/');
		for (let start = Math.max(0, parts.length - 6); start < parts.length; start++) append(byModule, parts.slice(start).join('/'), path);
		append(byModule, `/${parts.join('/')}`, path);
	}
	const edges = new Map<string, Set<string>>();
	const connect = (a: string, b: string) => {
		if (a === b) return;
		for (const [from, to] of [[a, b] as const, [b, a] as const]) {
			const known = edges.get(from) ?? new Set();
			known.add(to);
			edges.set(from, known);
		}
	};
	for (const file of files) {
		for (const name of file.imports) {
			for (const key of moduleKeys(file, name)) {
				const found = byModule.get(key);
				if (!found) continue;
				if (found.length <= MAX_CANDIDATES) for (const path of found) connect(file.path, path);
				break;
			}
		}
	}
	return new Map([...edges].map(([path, neighbours]) => [path, [...neighbours].sort()]));
}

/** A path without its ending, and without the file name where that stands for the folder. */
function modulePath(path: string): string {
	return `/${path}`
		.replace(FOLDER_FILES, '')
		.replace(/^\//, '')
		.replace(/\.[^./]+$/, '');
}

/** Keys to look a name up by, best first. Keys with a leading slash are whole paths. */
function moduleKeys(file: ImportingFile, name: string): string[] {
	const folder = file.path.split('/').slice(0, -1);
	const relativeDots = /^\.+(?=[\w]|$)/.exec(name);
	if (name.startsWith('./') || name.startsWith('../')) return [`/${modulePath(join(folder, name.split('/')))}`];
	if (relativeDots && file.language === 'python') {
		const up = relativeDots[0].length - 1;
		const parts = name.slice(relativeDots[0].length).split('.').filter(Boolean);
		const base = folder.slice(0, folder.length - up);
		return prefixes([...base, ...parts])
			.map((key) => `/${key}`)
			.slice(0, parts.length + 1);
	}
	if (file.language === 'c' || file.language === 'cpp') {
		const stem = name.replace(/^[<"]|[>"]$/g, '');
		return [`/${modulePath(join(folder, stem.split('/')))}`, modulePath(stem)];
	}
	const parts = name
		.replace(/::|\\/g, '/')
		.replace(/^(?:crate|self|super)\//, '')
		.split(name.includes('/') || name.includes('::') ? '/' : '.')
		.filter(Boolean);
	return prefixes(parts).filter((key, index) => index < 2 || key.includes('/'));
}

/** `a/b/c`, `a/b`, `a`: a name's last part may be something inside a module. */
function prefixes(parts: readonly string[]): string[] {
	return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

function join(folder: readonly string[], steps: readonly string[]): string {
	const path = [...folder];
	for (const step of steps) {
		if (step === '..') path.pop();
		else if (step !== '.' && step !== '') path.push(step);
	}
	return path.join('/');
}

function append(map: Map<string, string[]>, key: string, value: string): void {
	const known = map.get(key);
	if (!known) map.set(key, [value]);
	else if (known.length <= MAX_CANDIDATES) known.push(value);
}
