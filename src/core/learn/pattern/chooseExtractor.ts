import type { LanguageModel } from '#core/models/languageModel';

/**
 * The model that extracts patterns: one of this machine that is fit for it or of unknown size, else, where the user allows it, one elsewhere. Null:
 * none is there now. One that is known to be small is not asked: what it gives has the form of a pattern and says nothing (SmolLM2-135M, bench
 * `extraction`, 2026-11-25), and would be sent along with questions.
 */
export function chooseExtractor(models: readonly LanguageModel[], isRemoteAllowed: boolean): LanguageModel | null {
	const answering = models.filter(({ info }) => !info.roles.includes('embedding'));
	const local = answering.filter(({ isRemote }) => !isRemote);
	const fit = local.find(({ info }) => info.roles.includes('pattern-extraction'));
	const unknown = local.find(({ info }) => info.sizeBillions === null);
	return fit ?? unknown ?? (isRemoteAllowed ? (answering.find(({ isRemote }) => isRemote) ?? null) : null);
}
