import { CoordinatorError } from '#core/base/errors';
import type { DirectoryEntry, FilePort } from '#core/ports';

/** A file system in memory with `/` paths: path → text, `null` for a link. Paths in `unreadable` refuse to be read. */
export function createMemoryFiles(
	tree: Record<string, string | null>,
	options: { readonly unreadable?: readonly string[]; readonly guarded?: readonly string[] } = {},
): FilePort {
	const encode = (text: string) => new TextEncoder().encode(text);
	const refuse = (path: string) => {
		if (options.unreadable?.includes(path)) throw new CoordinatorError('file-unreadable', `Cannot read ${path}`);
	};
	const missing = (path: string) => new CoordinatorError('not-found', `Not found: ${path}`);
	return {
		async readDirectory(path) {
			refuse(path);
			const children = new Map<string, DirectoryEntry['kind']>();
			for (const [file, text] of Object.entries(tree)) {
				if (!file.startsWith(`${path}/`)) continue;
				const [name = '', ...rest] = file.slice(path.length + 1).split('/');
				children.set(name, rest.length > 0 ? 'directory' : text === null ? 'link' : 'file');
			}
			if (children.size === 0) throw missing(path);
			return [...children].map(([name, kind]) => ({ name, kind }));
		},
		async stat(path) {
			refuse(path);
			const text = tree[path];
			if (typeof text === 'string') return { kind: 'file', sizeBytes: encode(text).length, mtimeMs: 1 };
			if (Object.keys(tree).some((file) => file.startsWith(`${path}/`))) return { kind: 'directory', sizeBytes: 0, mtimeMs: 1 };
			throw missing(path);
		},
		async readFile(path, { maxBytes } = {}) {
			refuse(path);
			const text = tree[path];
			if (typeof text !== 'string') throw missing(path);
			return encode(text).subarray(0, maxBytes);
		},
		realPath: async (path) => path,
		join: (...parts) => parts.join('/').replace(/\/+/g, '/'),
		guardedFolders: options.guarded ?? ['/home/me', '/'],
	};
}
