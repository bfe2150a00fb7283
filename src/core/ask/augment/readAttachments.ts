import { redactSecrets } from '#core/domain/redact';
import type { AskQuery } from '#core/domain/requests';
import { isSecretPath } from '#core/domain/secretFiles';
import type { FilePort } from '#core/ports';
import type { AttachedText } from './buildPrompt.ts';

/** Bytes read of an attached file, and characters of all of them that are sent. */
const MAX_BYTES = 200_000;
const MAX_CHARACTERS = 12_000;

/**
 * What the user attached or, for `/explain`, selected: read now, redacted, cut to a size. What cannot be read is left out. Secret files are
 * never read, whoever asks: their paths are `withheld`.
 */
export async function readAttachments(query: AskQuery, files: FilePort): Promise<{ readonly texts: readonly AttachedText[]; readonly withheld: readonly string[] }> {
	const texts: AttachedText[] = [];
	const withheld = new Set<string>();
	let left = MAX_CHARACTERS;
	const add = (path: string, from: number, text: string) => {
		const cut = redactSecrets(text).text.slice(0, left);
		if (cut === '') return;
		left -= cut.length;
		texts.push({ title: `${path}:${from}-${from + cut.split('\n').length - 1}`, language: '', text: cut });
	};
	const isAllowed = (path: string) => {
		if (!isSecretPath(path)) return true;
		withheld.add(path);
		return false;
	};
	const { selection, activeFile } = query.signals;
	if (selection && selection.text.trim() !== '' && isAllowed(selection.path)) add(selection.path, selection.startLine, selection.text);
	const paths = [...query.attachments];
	if (query.command === 'explain' && !selection && paths.length === 0 && activeFile) paths.push({ path: activeFile });
	for (const { path, startLine = 1, endLine } of paths) {
		if (!isAllowed(path)) continue;
		const bytes = await files.readFile(path, { maxBytes: MAX_BYTES }).catch(() => null);
		if (!bytes) continue;
		const lines = new TextDecoder()
			.decode(bytes)
			.split('\n')
			.slice(startLine - 1, endLine);
		add(path, startLine, lines.join('\n'));
	}
	return { texts, withheld: [...withheld] };
}
