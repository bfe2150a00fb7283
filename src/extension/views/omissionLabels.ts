import type { DatasetOmission } from '#protocol/messages';

/** Why a question and its answer are left out of training data, in the user's language; `t` translates. */
export function omissionLabels(t: (text: string) => string): Readonly<Record<DatasetOmission, string>> {
	return {
		'not-a-success': t('no success'),
		'low-value': t('too little to learn from'),
		'local-only': t('stays on this machine'),
		'no-model': t('answered without a model'),
		'secrets': t('holds secrets'),
		'cut-off': t('cut off'),
		'empty': t('empty'),
		'duplicate': t('there already'),
		'too-near-to-training': t('too near to a training example'),
		'retired': t('retired'),
	};
}
