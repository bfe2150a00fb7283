import type { Hit } from '#core/domain/hit';

/** A hit of three lines from `startLine` on; `more` replaces any part. */
export function hit(startLine: number, more: Partial<Hit> = {}): Hit {
	return {
		ids: [`id${startLine}`],
		workspaceId: 'w1',
		filePath: 'src/a.ts',
		startLine,
		endLine: startLine + 2,
		language: 'typescript',
		symbol: null,
		breadcrumb: [],
		text: [0, 1, 2].map((line) => `line ${startLine + line}`).join('\n'),
		score: 1,
		relevance: 0.8,
		reasons: [],
		...more,
	};
}
