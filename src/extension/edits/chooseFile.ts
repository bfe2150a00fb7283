import type { Hit } from '#protocol/messages';
import type { CodeBlock } from './codeBlocks.ts';
import { isTelling, normalise } from './codeLines.ts';
import { findDefinitions } from './definitions.ts';

type SentHit = Pick<Hit, 'workspaceId' | 'filePath' | 'symbol' | 'text'>;

/** What a definition of the same name counts beside shared lines, and the least that makes a file one to try. */
const SYMBOL = 0.5;
const LEAST = 0.15;

/** Pieces of code that were sent and that a block fits, best first: by the share of its telling lines that they have, and by the names it defines. */
export function filesThatFit(block: Pick<CodeBlock, 'text'>, hits: readonly SentHit[]): SentHit[] {
	const lines = block.text.split('\n').filter(isTelling).map(normalise);
	const names = new Set(findDefinitions(block.text.split('\n')).map(({ name }) => name));
	const scored = hits.map((hit) => {
		const known = new Set(hit.text.split('\n').map(normalise));
		const shared = lines.filter((line) => known.has(line)).length / Math.max(1, lines.length);
		const hasName = hit.symbol !== null && names.has(hit.symbol.split('.').at(-1) ?? '');
		return { hit, score: shared + (hasName ? SYMBOL : 0) };
	});
	const fitting = scored.filter(({ score }) => score >= LEAST).sort((a, b) => b.score - a.score);
	const seen = new Set<string>();
	return fitting.flatMap(({ hit }) => {
		const key = `${hit.workspaceId}\n${hit.filePath}`;
		if (seen.has(key)) return [];
		seen.add(key);
		return [hit];
	});
}

/** Whether a block only repeats code that was sent: there is nothing to apply. */
export function isQuotation({ text }: Pick<CodeBlock, 'text'>, hits: readonly Pick<Hit, 'text'>[]): boolean {
	const block = text.split('\n').map(normalise).join('\n').trim();
	return hits.some((hit) => `\n${hit.text.split('\n').map(normalise).join('\n').trim()}\n`.includes(`\n${block}\n`));
}
