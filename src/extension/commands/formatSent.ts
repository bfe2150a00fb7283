import type { AnswerSummary, Hit } from '#protocol/messages';
import { foundBy } from '../chat/foundBy.ts';
import { explainNotice } from '../messages.ts';

/** A question with every piece that went along, and why each was chosen, as markdown; and that the code was shortened on the way, where it was. */
export function formatSent({ prompt, hits, summary }: { readonly prompt: string; readonly hits: readonly Hit[]; readonly summary?: AnswerSummary }): string {
	const pieces = hits.map((hit) => {
		const fence = '`'.repeat(Math.max(3, ...[...hit.text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
		return `## ${hit.filePath}:${hit.startLine}-${hit.endLine}\n\nRelevance ${Math.round(hit.relevance * 100)}%. Found by: ${foundBy(hit.reasons)}\n\n${fence}${hit.language}\n${hit.text}\n${fence}\n`;
	});
	const shortened = (summary?.notices ?? []).filter(({ code }) => code === 'compressed' || code === 'context-shortened').map((notice) => `${explainNotice(notice)}\n\n`);
	return `# ${prompt.split('\n', 1)[0]}\n\n${shortened.join('')}${pieces.join('\n')}`;
}
