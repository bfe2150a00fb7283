import type { LocalSavings } from '#protocol/messages';

/** A term of the formula of savings. */
export function termLabel(code: LocalSavings['terms'][number]['code'], t: (text: string) => string): string {
	const labels = {
		'local-answers': t('Tokens of local answers at the price of the remote model'),
		'repeated-answers': t('Tokens of stored answers at that price'),
		'cost-of-answers': t('Less what these answers cost'),
		'failed-local-tries': t('Less what failed local tries cost'),
		'compression': t('Less what shortening code for remote models cost'),
	};
	return labels[code];
}
