import type { ExportedBundle } from '#protocol/messages';

/** What is to be known of an export before it is saved, a line each; `t` translates. */
export function exportLines({ counts, redactions, omitted }: Omit<ExportedBundle, 'text'>, t: (text: string, ...values: number[]) => string): readonly string[] {
	return [
		redactions === 0 ? t('No secret was found in it.') : t('Secrets that were blanked: {0}', redactions),
		...(counts['error-solutions'] > 0 ? [fixesAreWords(t)] : []),
		...omissionLines(omitted, t),
	];
}

/** What an export leaves out, where it leaves anything out. */
export function omissionLines({ localOnly, unfit }: ExportedBundle['omitted'], t: (text: string, ...values: number[]) => string): readonly string[] {
	return [
		...(localOnly > 0 ? [t('Left out, for they stay on this machine: {0}', localOnly)] : []),
		...(unfit > 0 ? [t('Left out, for they are too large or damaged: {0}', unfit)] : []),
	];
}

/** What a bundle does not carry of a fix. */
export function fixesAreWords(t: (text: string) => string): string {
	return t('Fixes are in it as words: they go into prompts, and are offered at once, without a model, only where they were learned.');
}
