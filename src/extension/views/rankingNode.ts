import * as vscode from 'vscode';
import type { LearnedRanking } from '#protocol/messages';
import { formatCount } from '../status/format.ts';
import type { TreeNode } from './treeNode.ts';

/** What outcomes say of files by the words of their paths, in the view of what was learned. */
export function rankingNode({ outcomes, words }: LearnedRanking): TreeNode {
	const { t } = vscode.l10n;
	const hasFolders = new Set(words.map(({ folder }) => folder)).size > 1;
	return {
		id: 'ranking',
		label: t('Ranking of files'),
		description: outcomes === 1 ? t('1 outcome') : t('{0} outcomes', formatCount(outcomes)),
		icon: 'list-ordered',
		tooltip: t('Folders and files whose rank for an issue outcomes raise or lower.'),
		context: 'ranking',
		...(words.length === 0
			? {}
			: {
					children: () =>
						words.map(({ word, folder, found, expected, factor }) => ({
							id: `ranking/${folder}/${word}`,
							label: hasFolders ? `${word} (${folder})` : word,
							description: t('×{0}: right {1} times, expected {2}', decimal(factor, 2), decimal(found, 1), decimal(expected, 1)),
							icon: factor > 1 ? 'arrow-up' : 'arrow-down',
						})),
				}),
	};
}

function decimal(value: number, places: number): string {
	return value.toLocaleString(vscode.env.language, { maximumFractionDigits: places });
}
