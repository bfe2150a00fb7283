import { redactSecrets } from '#core/domain/redact';

const LONGEST_SOLUTION = 2_000;

/** What was changed where, in words: the text of a solution, without secrets and cut to a size. */
export function describePieces(pieces: readonly { readonly path: string; readonly before: string; readonly after: string }[]): string {
	return solutionText(pieces.map(({ path, before, after }) => `In ${path}\nBefore:\n${before}\nAfter:\n${after}`).join('\n\n'));
}

/** An example as the text of a solution. It holds no secret: see `cropExample`. */
export function describeExample({ before, after }: { readonly before: string; readonly after: string }): string {
	return `Before:\n${before}\nAfter:\n${after}`.slice(0, LONGEST_SOLUTION);
}

/** Any text as that of a solution. */
export function solutionText(text: string): string {
	return redactSecrets(text).text.slice(0, LONGEST_SOLUTION).trim();
}
