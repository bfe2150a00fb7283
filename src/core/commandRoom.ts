import type { CommandRun, FailedCommand } from './domain/commandRun.ts';
import type { Worktree } from './domain/file.ts';
import type { KnowledgeHit } from './domain/hit.ts';
import type { FinishedInteraction } from './domain/interaction.ts';
import type { LocalOnlyCheck } from './domain/localOnly.ts';
import type { Signal } from './domain/outcome.ts';
import type { Coordinator } from './domain/requests.ts';
import { isSecretPath } from './domain/secretFiles.ts';
import { DEFAULT_EXCLUDES } from './ingest/scan/defaultExcludes.ts';
import { IgnoreRules } from './ingest/scan/ignoreRules.ts';
import { cleanOutput } from './learn/command/cleanOutput.ts';
import { CommandSolutions } from './learn/command/commandSolutions.ts';
import { CommandWatch } from './learn/command/commandWatch.ts';
import { quotedErrors } from './learn/command/findErrors.ts';
import type { CommandVerdict, OpenFailure } from './learn/command/openFailure.ts';
import { readRun } from './learn/command/readRun.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import type { LearnedStore } from './store/vectorStore.ts';

export interface CommandRoom {
	/** What heads see of it. Nothing is kept of a run outside the open folders, where they are not trusted, or while it is not to be learned from. */
	readonly face: Pick<Coordinator, 'commandEnded' | 'answerEdited' | 'lastFailure'>;
	answered(interaction: FinishedInteraction): void;
	/** Files were changed, at these absolute paths. */
	filesChanged(paths: readonly string[]): void;
	/** Edits that were taken back count for nothing any more. */
	heard(signals: readonly Signal[]): void;
	/** Verified solutions of the errors that a text quotes. */
	solutionsFor(text: string, leavesMachine: boolean): Promise<readonly KnowledgeHit[]>;
	/** The messages of the errors that a text quotes; where it quotes none, the text. */
	messagesIn(text: string): string;
	/** Lets go of answers that are deleted; null: of everything. */
	forget(interactionIds: readonly string[] | null): void;
	settingsChanged(): void;
}

/** Files that commands make: that they change says nothing of what the user did. */
const MADE = new IgnoreRules().with('default', '', DEFAULT_EXCLUDES);
const MAX_FILES = 6;
/** Where Maven and Gradle have the packages that stacks name. */
const PACKAGE_ROOTS = ['src/main/java', 'src/test/java', 'src/main/kotlin', 'src/test/kotlin'];
const OF_PACKAGE = /^[^\\/:]+.*\.(?:java|kt|scala|groovy)$/;
/** Places that are looked at for them. */
const MAX_NAMED = 40;

/** Composition of what is learned from commands that fail and pass again, over the learned collections. */
export function createCommandRoom(options: {
	readonly ports: Pick<Ports, 'clock' | 'files' | 'log'>;
	readonly store: LearnedStore;
	readonly worktrees: () => readonly Worktree[];
	/** Resolves when the folders that are being opened are open. */
	readonly whenOpen: () => Promise<void>;
	readonly localOnly: LocalOnlyCheck;
	readonly settings: () => Settings;
	/** Takes in what commands say of answers. */
	readonly report: (signals: readonly Signal[]) => Promise<unknown>;
	/** Solutions have come or changed. */
	readonly onLearned: () => void;
}): CommandRoom {
	const { ports, store, settings, worktrees } = options;
	const watch = new CommandWatch();
	const solutions = new CommandSolutions({ store, clock: ports.clock });
	/** One run after the other: each reads what the one before wrote. */
	let last: Promise<unknown> = Promise.resolve();

	const isLearning = () => settings().isTrusted && settings().learning.enabled && settings().learning.terminalErrors;
	const folderOf = (path: string) =>
		worktrees().find((worktree) => path === worktree.path || (path.startsWith(worktree.path) && /^[\\/]/.test(path.slice(worktree.path.length))));

	const scope = (leavesMachine: boolean) => ({ workspaceIds: worktrees().map(({ id }) => id), leavesMachine });

	async function draw(verdict: CommandVerdict): Promise<void> {
		const worktree = worktrees().find(({ id }) => id === verdict.workspaceId);
		if (!worktree) return;
		const attempts = verdict.attempts.map((attempt) => ({ ...attempt, edits: attempt.edits.filter(({ path }) => !isSecretPath(path)) }));
		const paths = attempts.flatMap(({ edits }) => edits.map(({ path }) => path));
		if (verdict.error.path !== null) paths.push(verdict.error.path);
		const verdicts = await options.localOnly(paths.map((path) => ({ path })));
		const isLocalOnly = attempts.some((attempt) => attempt.isLocalOnly) || verdicts.some((one) => one !== 'open' && one !== 'missing');
		const nameOf = (path: string) => (folderOf(path) === worktree ? nameIn(worktree, path) : path);
		const id = await solutions.record({ ...verdict, attempts }, { repositoryId: worktree.repositoryId, isLocalOnly, nameOf });
		if (id !== null) options.onLearned();
		const asked = attempts.filter(({ interactionId, isAbout }) => interactionId !== '' && isAbout);
		const timeMs = ports.clock.nowMs();
		const value = verdict.hasPassed ? 1 : -1;
		// One subject a command: said again, it replaces what it said before.
		const about = { kind: 'task', value, subject: verdict.commandLine, source: 'editor', timeMs } as const;
		const signals = asked.map(({ interactionId }) => ({ id: `command:${interactionId}:${timeMs}`, interactionId, ...about }));
		// What follows from an outcome may wait its turn for long; who asks what is known of an error does not wait for it.
		if (signals.length > 0) void options.report(signals).catch((error: unknown) => ports.log.warn(`What a command says of an answer was lost: ${String(error)}`));
	}

	function commandEnded(run: CommandRun): Promise<readonly KnowledgeHit[]> {
		const done = last.then(() => takeIn(run));
		last = done.catch(() => undefined);
		return done;
	}

	async function takeIn(run: CommandRun): Promise<readonly KnowledgeHit[]> {
		// A coordinator that was only just started is told of what failed before.
		await options.whenOpen();
		const worktree = run.cwd === null ? worktrees()[0] : folderOf(run.cwd);
		if (!isLearning()) watch.clear();
		if (!isLearning() || !worktree) return [];
		const cwd = run.cwd ?? worktree.path;
		const absolute = (path: string) => ports.files.join(...(/^(?:[\\/]|[A-Za-z]:)/.test(path) ? [path] : [cwd, path]));
		const locate = async (path: string) => {
			const places = OF_PACKAGE.test(path) ? ['', ...PACKAGE_ROOTS].map((root) => absolute(ports.files.join(root, path))) : [];
			const isThere = await Promise.all(places.map(isFile));
			return places.find((_, index) => isThere[index]) ?? absolute(path);
		};
		const { named, ...read } = readRun(run);
		const files = await presentFiles(await Promise.all(named.slice(0, MAX_NAMED).map(async ({ path, line }) => ({ path: await locate(path), line }))));
		const errors = await Promise.all(
			read.errors.map(async (error) => ({
				...error,
				path: error.path === null ? null : await locate(error.path),
				...(error.testPath === undefined ? {} : { testPath: absolute(error.testPath) }),
			})),
		);
		const { source, exitCode, startedMs, timeMs, unsavedPaths } = run;
		const verdicts = watch.ended({ ...read, errors, source, exitCode, startedMs, timeMs, unsavedPaths, cwd, workspaceId: worktree.id, files });
		for (const verdict of verdicts) await draw(verdict);
		const known = errors.length > 0 ? await solutions.find(errors, scope(false)) : [];
		return known.filter(({ relevance }) => relevance >= settings().search.errorThreshold);
	}

	const isFile = (path: string) =>
		ports.files.stat(path).then(
			({ kind }) => kind === 'file',
			() => false,
		);

	/** Those of the open folders that are there, each once. Local-only ones come first: a question that goes with them stays on this machine. */
	async function presentFiles(named: OpenFailure['files']): Promise<OpenFailure['files']> {
		const present = new Map<string, OpenFailure['files'][number]>();
		for (const place of named) {
			if (present.has(place.path) || !folderOf(place.path) || isSecretPath(place.path)) continue;
			if (await isFile(place.path)) present.set(place.path, place);
		}
		const files = [...present.values()];
		const verdicts = await options.localOnly(files);
		const isOpen = (index: number) => verdicts[index] === 'open';
		return [...files.filter((_, index) => !isOpen(index)), ...files.filter((_, index) => isOpen(index))].slice(0, MAX_FILES);
	}

	async function lastFailure(): Promise<FailedCommand | null> {
		const failure = isLearning() ? watch.last : null;
		if (!failure) return null;
		const { source, commandLine, exitCode, timeMs, excerpt, files } = failure;
		const errors = failure.errors.map(({ error }) => error);
		return { source, commandLine, exitCode, timeMs, errors, excerpt, files, solutions: await solutions.find(errors, scope(false)) };
	}

	return {
		face: {
			commandEnded,
			lastFailure,
			answerEdited: (edit) => {
				if (isLearning() && folderOf(edit.path)) watch.edited(edit, ports.clock.nowMs());
			},
		},
		answered({ id: interactionId, query, response: answer, isLocalOnly, agent }) {
			// An agent's questions are no attempts of the user's, and its word alone makes nothing verified.
			if (!isLearning() || agent !== 'user') return;
			watch.answered({ interactionId, query, answer, isLocalOnly, timeMs: ports.clock.nowMs() });
		},
		filesChanged(paths) {
			for (const path of paths) {
				const folder = folderOf(path);
				if (folder && !MADE.ignoresFile(nameIn(folder, path))) watch.changed(folder.id);
			}
		},
		heard(signals) {
			const taken = signals.filter(({ kind, value }) => kind === 'edit-reverted' && value < 0).map(({ interactionId }) => interactionId);
			if (taken.length > 0) watch.withdraw(taken);
		},
		solutionsFor: async (text, leavesMachine) => (settings().learning.enabled ? solutions.find(quotedErrors(cleanOutput(text)), scope(leavesMachine)) : []),
		messagesIn: (text) => {
			const errors = quotedErrors(cleanOutput(text));
			return errors.length > 0 ? errors.map(({ code, message }) => `${code} ${message}`.trim()).join('\n') : text;
		},
		forget(interactionIds) {
			if (interactionIds === null) watch.clear();
			else watch.withdraw(interactionIds);
		},
		settingsChanged() {
			if (!isLearning()) watch.clear();
		},
	};
}

function nameIn(worktree: Worktree, path: string): string {
	return path.slice(worktree.path.length + 1).replaceAll('\\', '/');
}
