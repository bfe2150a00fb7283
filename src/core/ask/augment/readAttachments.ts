import type { AttachedText } from '#core/domain/answer';
import type { Hit } from '#core/domain/hit';
import { type LocalOnlyQuestion, MARK_LINES } from '#core/domain/localOnly';
import { redactSecrets } from '#core/domain/redact';
import type { AskQuery } from '#core/domain/requests';
import { isSecretPath } from '#core/domain/secretFiles';
import type { FilePort } from '#core/ports';

/** Bytes read of an attached file, and characters of all of them that are sent. */
const MAX_BYTES = 200_000;
const MAX_CHARACTERS = 12_000;
/** Characters of the code to be explained that are searched with. */
const EXPLAINED_CHARACTERS = 1_000;
/** Characters of a diagnostic by which it is known again in a question: fewer than are quoted. */
const QUOTED_CHARACTERS = 500;

/** A folder of the workspace: its files are named from there. */
export interface AttachmentRoot {
	readonly id: string;
	readonly path: string;
}

export interface ReadAttachments {
	readonly texts: readonly AttachedText[];
	/** Paths of secret files that were wanted: neither read nor sent. */
	readonly withheld: readonly string[];
	/** True for a hit that one of the texts holds whole. */
	holds(hit: Pick<Hit, 'workspaceId' | 'filePath' | 'startLine' | 'endLine'>): boolean;
}

/**
 * What the user attached or, for `/explain`, selected or has open: read now, redacted, cut to a size. What cannot be read is left out.
 * Secret files are never read, whoever asks.
 */
export async function readAttachments(query: AskQuery, files: Pick<FilePort, 'readFile'>, roots: readonly AttachmentRoot[]): Promise<ReadAttachments> {
	const texts: AttachedText[] = [];
	const places: { readonly place: string; readonly startLine: number; readonly endLine: number }[] = [];
	const withheld = new Set<string>();
	let left = MAX_CHARACTERS;
	const add = (path: string, startLine: number, text: string, language = '', failedLine?: number) => {
		const cut = redactSecrets(text)
			.text.slice(0, left)
			.replace(/\r?\n$/, '');
		if (cut === '') return;
		left -= cut.length;
		const { root, name } = locate(path, roots);
		const endLine = startLine + cut.split('\n').length - 1;
		// What is redacted keeps its lines.
		const isThere = failedLine !== undefined && failedLine >= startLine && failedLine <= endLine;
		texts.push({
			title: `${name}:${startLine}-${endLine}`,
			language,
			text: cut,
			...(isThere ? { failure: { file: name, firstLine: startLine, line: failedLine } } : {}),
		});
		if (root) places.push({ place: `${root.id}:${name}`, startLine, endLine });
	};
	const isAllowed = (path: string) => {
		if (!isSecretPath(path)) return true;
		withheld.add(path);
		return false;
	};
	const { selection, activeFile, activeLanguage } = query.signals;
	const languageOf = (path: string) => (path === activeFile ? activeLanguage : undefined);
	if (selection && selection.text.trim() !== '' && isAllowed(selection.path)) add(selection.path, selection.startLine, selection.text, languageOf(selection.path));
	const paths = [...query.attachments];
	if (query.command === 'explain' && !selection && paths.length === 0 && activeFile) paths.push({ path: activeFile });
	for (const { path, startLine = 1, endLine, failedLine } of paths) {
		if (!isAllowed(path)) continue;
		const bytes = await files.readFile(path, { maxBytes: MAX_BYTES }).catch(() => null);
		if (!bytes) continue;
		const lines = new TextDecoder()
			.decode(bytes)
			.split('\n')
			.slice(startLine - 1, endLine);
		add(path, startLine, lines.join('\n'), languageOf(path), failedLine);
	}
	return {
		texts,
		withheld: [...withheld],
		holds: ({ workspaceId, filePath, startLine, endLine }) =>
			places.some((held) => held.place === `${workspaceId}:${filePath}` && held.startLine <= startLine && endLine <= held.endLine),
	};
}

/** What is searched for: the question and, of an explanation, what is to be explained, since the words of both find what is near. */
export function searchText({ command, prompt }: AskQuery, { texts }: ReadAttachments): string {
	if (command !== 'explain' || texts.length === 0) return prompt;
	const explained = texts.map(({ text }) => text).join('\n');
	return `${prompt}\n${explained.slice(0, EXPLAINED_CHARACTERS)}`;
}

/** The files whose text `searchText` may hold: what is to be explained, and what the question quotes a diagnostic of. */
export function quotedFiles(query: AskQuery): LocalOnlyQuestion[] {
	const { command, prompt, signals } = query;
	const quoted = (signals.diagnostics ?? []).filter(({ message }) => message !== '' && prompt.includes(message.slice(0, QUOTED_CHARACTERS)));
	return [...(command === 'explain' ? explainedFiles(query) : []), ...quoted.map(({ path }) => ({ path }))];
}

function explainedFiles({ attachments, signals: { selection, activeFile } }: AskQuery): LocalOnlyQuestion[] {
	const selected = selection ? [{ path: selection.path, ...(selection.startLine <= MARK_LINES ? { text: selection.text } : {}) }] : [];
	return [...selected, ...attachments.map(({ path }) => ({ path })), ...(activeFile === undefined ? [] : [{ path: activeFile }])];
}

/** The folder that a path lies in, and its name from there with forward slashes; the path as it is where it lies in none. */
function locate(path: string, roots: readonly AttachmentRoot[]): { readonly root?: AttachmentRoot; readonly name: string } {
	const root = roots
		.filter((candidate) => path.startsWith(candidate.path) && /^[\\/]/.test(path.slice(candidate.path.length)))
		.sort((a, b) => b.path.length - a.path.length)[0];
	return root ? { root, name: path.slice(root.path.length + 1).replaceAll('\\', '/') } : { name: path };
}
