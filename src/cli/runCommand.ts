import { randomUUID } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CoordinatorError } from '#core/base/errors';
import { createCoordinator } from '#core/coordinator';
import type { AskPart } from '#core/domain/answer';
import type { Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { resolveDataDirectory } from '#node/dataDirectory';
import { createLog } from '#node/log';

import { overEnvironment } from '#node/settingsFromEnvironment';
import { terminalPorts } from '#node/terminalPorts';
import { showProgress } from './progress.ts';
import { formatTeamReport } from './teamReport.ts';
import { explainProblem, formatHit, formatStoredIndex, formatSummary, noticeText } from './words.ts';

export interface CommandLine {
	readonly command: string;
	readonly text: string;
	/** Absolute. */
	readonly folders: readonly string[];
	readonly model: string | undefined;
	readonly limit: number;
	/** The report is one of a team, over its last days; null: over all that are kept. */
	readonly isTeam: boolean;
	readonly days: number | null;
	readonly withVectors: boolean;
	/** Where `move` moves to. */
	readonly target: string | undefined;
	readonly isDiscovering: boolean;
	readonly dataDirectory: string | null;
	readonly isJson: boolean;
	readonly isVerbose: boolean;
	readonly signal: AbortSignal;
}

/** Runs one command over a coordinator of its own and returns the exit code: 0 done, 1 nothing found or failed, 2 wrong usage. */
export async function runCommand(line: CommandLine): Promise<number> {
	const run = COMMANDS[line.command];
	if (!run) throw new CoordinatorError('invalid-argument', `There is no command “${line.command}”.`);
	if ((line.command === 'search' || line.command === 'ask' || line.command === 'clear') && line.text.trim() === '') {
		throw new CoordinatorError(
			'invalid-argument',
			line.command === 'clear' ? 'clear needs the ids of stored indexes, or `all`.' : `${line.command} needs words to look for.`,
		);
	}
	const log = createLog((level, message) => process.stderr.write(`${level}: ${message}\n`), line.isVerbose ? 'debug' : 'off');
	const { settings } = settingsFromWire(
		overEnvironment(
			{
				search: { onDemandMs: line.withVectors ? 600 : 0 },
				models: { ollamaUrl: process.env.HYBRID_OLLAMA_URL ?? null, openaiUrls: (process.env.HYBRID_OPENAI_URLS ?? '').split(',').filter(Boolean) },
			},
			process.env,
		),
	);
	const ports = terminalPorts({ assetsPath: dirname(fileURLToPath(import.meta.url)), settings, log });
	const { coordinator } = await createCoordinator({ ports, settings, dataDirectory: resolveDataDirectory(line.dataDirectory) });
	try {
		if (!ABOUT_ALL.has(line.command) && !line.isTeam) await coordinator.openFolders(line.folders.map((path) => ({ path, name: basename(path) })));
		if (line.isDiscovering) await coordinator.discoverServers(line.signal);
		return await run(coordinator, line);
	} finally {
		await coordinator.close();
	}
}

const DAY_MS = 86_400_000;

/** Commands that need no folder, and so make no index of one. */
const ABOUT_ALL: ReadonlySet<string> = new Set(['models', 'indexes', 'clear', 'resend']);

const print = (text: string) => process.stdout.write(text);
const printJson = (value: unknown) => print(`${JSON.stringify(value, undefined, 2)}\n`);

/** Brings the index up to date by words, showing progress on a terminal; vectors too where `isComplete`. */
async function bringUpToDate(coordinator: Coordinator, line: CommandLine, isComplete: boolean): Promise<void> {
	const progress = showProgress(coordinator, process.stderr);
	try {
		await coordinator.startIndexing();
		if (isComplete) await coordinator.whenIdle({ vectors: true });
	} finally {
		progress.dispose();
	}
	if (line.signal.aborted) throw new CoordinatorError('cancelled', 'Cancelled.');
}

async function requireTeam(coordinator: Coordinator): Promise<void> {
	if ((await coordinator.teamState()).database !== null) return;
	throw new CoordinatorError('invalid-argument', 'No database of a team is set: name one in HYBRID_DATABASE_URL, as postgres://user@host:port/database.');
}

const COMMANDS: Readonly<Record<string, (coordinator: Coordinator, line: CommandLine) => Promise<number>>> = {
	index: async (coordinator, line) => {
		await bringUpToDate(coordinator, line, line.withVectors);
		const status = coordinator.status();
		if (line.isJson) printJson(status);
		else {
			for (const folder of status.folders) {
				print(`${folder.name}: ${folder.files} files, ${folder.lines} lines, ${folder.chunks} pieces\n`);
				for (const [reason, count] of Object.entries(folder.skipped)) print(`  skipped, ${reason}: ${count}\n`);
			}
			print(`vectors: ${status.vectors.done} of ${status.vectors.total}\n`);
			for (const problem of status.problems) print(`problem: ${explainProblem(problem)}\n`);
		}
		// An index that was built anew is worth telling and no failure.
		return status.problems.every(({ code }) => code === 'index-rebuilt' || code === 'shared-store-away') ? 0 : 1;
	},
	search: async (coordinator, line) => {
		await bringUpToDate(coordinator, line, false);
		const result = await coordinator.search({ query: line.text, limit: line.limit, canEmbed: line.withVectors }, line.signal);
		if (line.isJson) printJson(result);
		else if (result.hits.length === 0) process.stderr.write(`${noticeText({ code: 'nothing-found' })}\n`);
		else for (const hit of result.hits) print(formatHit(hit));
		return result.hits.length > 0 ? 0 : 1;
	},
	ask: async (coordinator, line) => {
		if (line.model !== undefined && !(await coordinator.models()).some(({ id }) => id === line.model)) {
			throw new CoordinatorError('not-found', `No model ${line.model} answers here.`);
		}
		await bringUpToDate(coordinator, line, false);
		const references: string[] = [];
		const onPart = (part: AskPart) => {
			if (part.type === 'delta' && !line.isJson) print(part.text);
			if (part.type === 'references') for (const hit of part.hits) references.push(`${hit.filePath}:${hit.startLine}-${hit.endLine}`);
		};
		const summary = await coordinator.ask(
			{ interactionId: randomUUID(), prompt: line.text, history: [], attachments: [], signals: {}, model: line.model },
			onPart,
			line.signal,
		);
		if (line.isJson) printJson({ ...summary, references });
		else {
			if (references.length > 0) print(`\n\nReferences\n${references.map((reference) => `  ${reference}\n`).join('')}`);
			for (const notice of summary.notices) if (notice.code !== 'no-model' || references.length > 0) print(`${noticeText(notice)}\n`);
			print(`${formatSummary(summary)}\n`);
		}
		const isFound = summary.context.chunks > 0 || summary.notices.some(({ code }) => code === 'control');
		return summary.endReason === 'failed' || !isFound ? 1 : 0;
	},
	models: async (coordinator, line) => {
		const models = await coordinator.models();
		if (line.isJson) printJson(models);
		else if (models.length === 0) print('No model answers. Start Ollama or another server and add --discover, or set HYBRID_OLLAMA_URL or HYBRID_OPENAI_URLS.\n');
		else for (const model of models) print(`${model.id}\t${model.label}\t${model.destination}\n`);
		return 0;
	},
	indexes: async (coordinator, line) => {
		const indexes = await coordinator.storedIndexes();
		if (line.isJson) printJson(indexes);
		else if (indexes.length === 0) print('No index is stored.\n');
		else for (const index of indexes) print(formatStoredIndex(index));
		return 0;
	},
	clear: async (coordinator, line) => {
		const known = (await coordinator.storedIndexes()).map(({ repositoryId }) => repositoryId);
		const wanted = line.text === 'all' ? known : line.text.split(' ');
		const unknown = wanted.filter((id) => !known.includes(id));
		if (unknown.length > 0) throw new CoordinatorError('invalid-argument', `There is no stored index ${unknown.join(', ')}; \`indexes\` lists those there are.`);
		const { cleared, inUse } = await coordinator.clearStoredIndexes(wanted);
		if (line.isJson) printJson({ cleared, inUse });
		else {
			for (const id of cleared) print(`removed ${id}\n`);
			for (const id of inUse) print(`in use by another program, kept: ${id}\n`);
		}
		return inUse.length > 0 ? 1 : 0;
	},
	move: async (coordinator, line) => {
		await bringUpToDate(coordinator, line, line.withVectors);
		const to = line.target;
		if (to !== 'qdrant' && to !== 'embedded') throw new CoordinatorError('invalid-argument', 'move needs --to qdrant or --to embedded.');
		const report = await coordinator.moveStores(to, (waiting) => line.isJson || process.stderr.write(`${waiting} pieces to go\n`), line.signal);
		if (line.isJson) printJson(report);
		else {
			for (const { collection, here, kept, there, compared, different } of report.collections) {
				print(`${collection}: ${here} here, of these ${kept} that stay, ${there} on the server; ${compared} compared, ${different} different\n`);
			}
			print(report.isVerified ? 'Verified.\n' : 'Not everything is as it should be: run the same command again.\n');
			if (to === 'embedded') print('The server is told of nothing more. Remove its address, else the next start shares everything again.\n');
		}
		return report.isVerified ? 0 : 1;
	},
	resend: async (coordinator, line) => {
		await requireTeam(coordinator);
		const calls = await coordinator.resendToTeam();
		let state = await coordinator.teamState();
		// Until everything is there, or the database says why not.
		for (; state.waiting > 0 && state.problem === null && !line.signal.aborted; state = await coordinator.teamState()) await setTimeout(200);
		if (line.isJson) printJson({ calls, ...state });
		else print(`calls: ${calls}, yet to be sent: ${state.waiting}${state.problem === null ? '' : ` (${state.problem})`}\n`);
		return state.waiting > 0 ? 1 : 0;
	},
	report: async (coordinator, line) => {
		if (line.isTeam) {
			const sinceMs = line.days === null ? null : Date.now() - line.days * DAY_MS;
			await requireTeam(coordinator);
			const [team, state] = [await coordinator.teamReport({ sinceMs }), await coordinator.teamState()];
			if (line.isJson) printJson({ ...team, own: state });
			else print(formatTeamReport(team, state));
			return 0;
		}
		print(await coordinator.diagnosticsReport());
		return 0;
	},
};
