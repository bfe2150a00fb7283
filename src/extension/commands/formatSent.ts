import type { Hit } from '#protocol/messages';

/** A question with every piece that went along, and why each was chosen, as markdown. */
export function formatSent(prompt: string, hits: readonly Hit[]): string {
	const pieces = hits.map((hit) => {
		const reasons = hit.reasons.map(({ signal, value }) => (Number.isInteger(value) ? `${signal} #${value}` : `${signal} ×${value}`)).join(', ');
		const fence = '`'.repeat(Math.max(3, ...[...hit.text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
		return `## ${hit.filePath}:${hit.startLine}-${hit.endLine}\n\nRelevance ${Math.round(hit.relevance * 100)}%. Found by: ${reasons}\n\n${fence}${hit.language}\n${hit.text}\n${fence}\n`;
	});
	return `# ${prompt.split('\n', 1)[0]}\n\n${pieces.join('\n')}`;
}
