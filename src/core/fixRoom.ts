import { createFindFixFile } from './ask/fix/findFixFile.ts';
import { syntaxCheck } from './ask/fix/keepsSyntax.ts';
import { proposeFix } from './ask/fix/proposeFix.ts';
import type { FolderStores } from './ask/search/candidates.ts';
import type { AnswerSummary } from './domain/answer.ts';
import type { ChangedPiece } from './domain/commandRun.ts';
import type { Worktree } from './domain/file.ts';
import type { FixProposal, FixRequest } from './domain/fix.ts';
import type { FixOutcome, LearnedFixOffer, LearnedFixRequest } from './domain/learnedFix.ts';
import type { LocalOnlyCheck, LocalOnlyQuestion } from './domain/localOnly.ts';
import type { AskQuery } from './domain/requests.ts';
import { isSecretPath } from './domain/secretFiles.ts';
import type { Diagnostic } from './learn/error/errorSignature.ts';
import { ErrorSolutions } from './learn/error/errorSolutions.ts';
import { type PlainText, plainText } from './learn/error/lineEnds.ts';
import { SolutionsAcrossFiles } from './learn/error/solutionsAcrossFiles.ts';
import type { Ports } from './ports.ts';
import type { Settings } from './settings.ts';
import type { LearnedStore } from './store/vectorStore.ts';
import { grammarOf } from './syntax/editorLanguages.ts';
import { SyntaxParser } from './syntax/syntaxParser.ts';

export interface FixRoom {
	/** Most trusted first; empty where nothing is sure enough, and outside the open folders. */
	offer(request: LearnedFixRequest): Promise<readonly LearnedFixOffer[]>;
	/** Counts what became of a fix, and learns from it. Nothing is learned of secret files, outside the open folders, or while learning is paused. */
	record(outcome: FixOutcome): Promise<void>;
	/** Learns nothing from answers that are deleted, whatever becomes of their fixes from now on. */
	forget(interactionIds: readonly string[]): void;
	/** Has a model fix diagnostics, by a question that `ask` asks. */
	propose(request: FixRequest, ask: (query: AskQuery) => Promise<AnswerSummary>, signal?: AbortSignal): Promise<FixProposal>;
}

/** What was learned in one worktree. */
interface Books {
	readonly inOneFile: ErrorSolutions;
	readonly acrossFiles: SolutionsAcrossFiles;
}

/** Parsing for a fix is done while the user waits. */
const PARSE_LIMIT_MS = 200;

/** Composition of learned fixes over the learned collections: one book a worktree. */
export function createFixRoom(options: {
	readonly ports: Pick<Ports, 'assets' | 'clock' | 'files' | 'uuid'>;
	readonly store: LearnedStore;
	readonly folders: () => readonly FolderStores[];
	readonly localOnly: LocalOnlyCheck;
	readonly settings: () => Settings;
}): FixRoom {
	const { ports, store, settings } = options;
	const parser = new SyntaxParser((path) => ports.assets.read(path), { nowMs: () => ports.clock.nowMs(), timeoutMs: PARSE_LIMIT_MS });
	const findFile = createFindFixFile({ stores: options.folders, files: ports.files, localOnly: options.localOnly });
	const books = new Map<string, Books>();
	const forgotten = new Set<string>();

	function worktreeOf(path: string): Worktree | undefined {
		const worktrees = options.folders().map(({ worktree }) => worktree);
		return worktrees.find((folder) => path.startsWith(folder.path) && /^[\\/]/.test(path.slice(folder.path.length)));
	}

	function booksOf(path: string): Books | null {
		const worktree = worktreeOf(path);
		if (!worktree || isSecretPath(path) || !settings().learning.enabled) return null;
		const scope = { workspaceId: worktree.id, repositoryId: worktree.repositoryId };
		const parts = { store, clock: ports.clock, scope };
		const made = books.get(worktree.id) ?? { inOneFile: new ErrorSolutions({ ...parts, parser }), acrossFiles: new SolutionsAcrossFiles(parts) };
		books.set(worktree.id, made);
		return made;
	}

	/** Files as a solution names them: from the folder of the diagnostic. Null where one is of another folder, or is secret: nothing is kept of it here. */
	function namePieces(path: string, changes: readonly ChangedPiece[]): readonly ChangedPiece[] | null {
		const folder = worktreeOf(path);
		if (!folder || changes.some((piece) => worktreeOf(piece.path) !== folder || isSecretPath(piece.path))) return null;
		return changes.map((piece) => ({ ...piece, path: piece.path.slice(folder.path.length + 1).replaceAll('\\', '/') }));
	}

	async function isAnyLocalOnly(questions: readonly LocalOnlyQuestion[]): Promise<boolean> {
		return (await options.localOnly(questions)).some((verdict) => verdict !== 'open' && verdict !== 'missing');
	}

	return {
		propose: (request, ask, signal) =>
			proposeFix(request, { ask, uuid: ports.uuid, syntaxCheck: (language) => syntaxCheck(parser, language), findFile, ...(signal ? { signal } : {}) }),
		async offer(request) {
			const plain = plainText(request.text);
			const offers = (await booksOf(request.path)?.inOneFile.offerFixes(toDiagnostic(request, plain), plain.text)) ?? [];
			return offers.map(({ text: _whole, edits, ...offer }) => ({ ...offer, edits: edits.map(plain.toOriginal) }));
		},
		forget(interactionIds) {
			for (const id of interactionIds) forgotten.add(id);
		},
		async record({ after: textAfter, isVerified, wasVerified, interactionIds, changes, ...request }) {
			if (interactionIds.some((id) => forgotten.has(id))) return;
			const { path } = request;
			const own = booksOf(path);
			const plain = plainText(request.text);
			const before = plain.text;
			const after = plainText(textAfter).text;
			const diagnostic = toDiagnostic(request, plain);
			const provenance = interactionIds.length > 0 ? interactionIds : ['user'];
			const others = (changes ?? []).map((piece) => ({ path: piece.path }));
			const isLocalOnly = await isAnyLocalOnly([...[before, after].map((text) => ({ path, text })), ...others]);
			if (changes) {
				const pieces = namePieces(path, changes);
				if (pieces && wasVerified !== undefined) await own?.acrossFiles.takeBack(diagnostic, wasVerified);
				if (pieces && isVerified !== null) await own?.acrossFiles.record({ diagnostic, pieces, isVerified, provenance, isLocalOnly });
				return;
			}
			if (wasVerified !== undefined) await own?.inOneFile.takeBack({ diagnostic, before, after }, wasVerified);
			if (isVerified === true) await own?.inOneFile.recordFix({ diagnostic, before, after, provenance, isLocalOnly });
			else if (isVerified === false) await own?.inOneFile.recordFailure({ diagnostic, before, failed: after, sources: provenance, isLocalOnly });
		},
	};
}

function toDiagnostic({ languageId, diagnostic: { message, source, code, offset } }: LearnedFixRequest, { toPlain }: PlainText): Diagnostic {
	return { message, source: source ?? '', code: code ?? '', languageId: grammarOf(languageId), offset: toPlain(offset) };
}
