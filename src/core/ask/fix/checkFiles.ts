import type { FixEdit, FixedFile, FixRefusal } from '#core/domain/fix';
import { checkFix } from './checkFix.ts';
import type { FixFile, FoundFixFile } from './findFixFile.ts';
import type { SyntaxCheck } from './keepsSyntax.ts';
import type { ParsedEdit } from './parseFix.ts';

/** `file`: the one that it is about, as the answer names it; null: that of the diagnostics, or none. */
export interface RefusedFix {
	readonly refused: FixRefusal;
	readonly file: string | null;
}

/** Files that one answer may change: what is more is no fix any more, and nobody looks through it. */
const MAX_FILES = 5;

interface EditedFile extends FixFile {
	readonly name: string | null;
	readonly edits: FixEdit[];
}

/** Checks the edits of an answer file by file. One that does not do refuses all; files that stay as they are do not count. The diagnostics' own file is first. */
export async function checkFiles(
	edits: readonly ParsedEdit[],
	own: FixFile,
	options: { readonly find: (name: string) => Promise<FoundFixFile>; readonly syntaxCheck: (language: string) => SyntaxCheck },
): Promise<{ readonly files: readonly FixedFile[] } | RefusedFix> {
	const grouped = await groupByFile(edits, own, options.find);
	if ('refused' in grouped) return grouped;
	const files: FixedFile[] = [];
	for (const { path, text, language, name, edits: wanted } of grouped) {
		const checked = await checkFix(text, wanted, options.syntaxCheck(language));
		if ('edits' in checked) files.push({ path, edits: checked.edits });
		else if (checked.refused !== 'no-change') return { refused: checked.refused, file: name };
	}
	return files.length > 0 ? { files } : { refused: 'no-change', file: null };
}

async function groupByFile(edits: readonly ParsedEdit[], own: FixFile, find: (name: string) => Promise<FoundFixFile>): Promise<readonly EditedFile[] | RefusedFix> {
	const byName = new Map<string | null, EditedFile>();
	const byPath = new Map<string, EditedFile>();
	for (const { path: name, search, replace } of edits) {
		const found = byName.get(name) ?? (name === null ? { file: own } : await find(name));
		if ('refused' in found) return { refused: search.length === 0 && found.refused === 'not-indexed' ? 'new-file' : found.refused, file: name };
		if (search.length === 0) return { refused: 'no-edit', file: name };
		const file = 'file' in found ? (byPath.get(found.file.path) ?? { ...found.file, name: found.file.path === own.path ? null : name, edits: [] }) : found;
		byName.set(name, file);
		byPath.set(file.path, file);
		file.edits.push({ search, replace });
		if (byPath.size > MAX_FILES) return { refused: 'too-many-files', file: null };
	}
	return [...byPath.values()].sort((a, b) => Number(b.path === own.path) - Number(a.path === own.path));
}
