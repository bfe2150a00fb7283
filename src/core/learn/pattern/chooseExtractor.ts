import type { LanguageModel } from '#core/models/languageModel';

/**
 * The model that extracts patterns: one of this machine that is fit for it, else any of this machine that answers questions, else, where the user
 * allows it, one elsewhere. Null: none is there now.
 */
export function chooseExtractor(models: readonly LanguageModel[], isRemoteAllowed: boolean): LanguageModel | null {
	const answering = models.filter(({ info }) => !info.roles.includes('embedding'));
	const local = answering.filter(({ isRemote }) => !isRemote);
	const fit = local.find(({ info }) => info.roles.includes('pattern-extraction'));
	return fit ?? local[0] ?? (isRemoteAllowed ? (answering[0] ?? null) : null);
}
