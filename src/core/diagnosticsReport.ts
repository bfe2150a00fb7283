import type { IndexStatus } from './domain/indexStatus.ts';
import type { ModelDescription } from './domain/requests.ts';
import type { Settings } from './settings.ts';

/** Facts for a bug report, as text. Paths of the workspace, file contents and keys are not in it; folders are numbered, servers named by host alone. */
export function diagnosticsReport(facts: {
	readonly version: string;
	readonly settings: Settings;
	readonly status: IndexStatus;
	readonly models: readonly ModelDescription[];
}): string {
	const { version, settings, status, models } = facts;
	const lines = [
		`Hybrid Coordinator ${version}`,
		`Index: ${status.phase}, searchable: ${status.isSearchable}, vectors ${status.vectors.done} of ${status.vectors.total}, ${status.sizeBytes} bytes on disk`,
		`Embedding: ${status.embedding ? `${status.embedding.id} (${status.embedding.dimension} dimensions, leaves this machine: ${status.embedding.isRemote})` : 'none'}`,
	];
	for (const [index, folder] of status.folders.entries()) {
		lines.push(
			`Folder ${index + 1}: ${folder.phase}, ${folder.files} files, ${folder.lines} lines, ${folder.chunks} chunks, ${folder.bytes} bytes`,
			`  languages: ${describeCounts(folder.languages)}`,
			`  skipped: ${describeCounts(folder.skipped)}`,
		);
	}
	for (const problem of status.problems) lines.push(`Problem: ${problem.code}`);
	for (const model of models) lines.push(`Model: ${model.id.replace(/\/\/[^/]*@/, '//')} (leaves this machine: ${model.isRemote})`);
	lines.push(
		`Settings: trusted ${settings.isTrusted}, embedding ${settings.embedding.provider}/${settings.embedding.runtime}, threads ${settings.index.threads}, ` +
			`max file ${settings.index.maxFileBytes} bytes, context ${settings.search.contextTokens} tokens, on demand ${settings.search.onDemandMs} ms, ` +
			`own data directory ${settings.dataDirectory !== null}, own excludes ${settings.index.exclude.length}, mapped languages ${Object.keys(settings.index.languages).length}`,
	);
	return `${lines.join('\n')}\n`;
}

function describeCounts(counts: Readonly<Record<string, number | undefined>>): string {
	const entries = Object.entries(counts).filter(([, count]) => count);
	return entries.length === 0 ? 'none' : entries.map(([name, count]) => `${name} ${count}`).join(', ');
}
