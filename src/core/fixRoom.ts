import { type SyntaxCheck, syntaxCheck } from './ask/fix/keepsSyntax.ts';
import type { Worktree } from './domain/file.ts';
import type { FixOutcome, LearnedFixOffer, LearnedFixRequest } from './domain/learnedFix.ts';
import type { LocalOnlyCheck } from './domain/localOnly.ts';
import { isSecretPath } from './domain/secretFiles.ts';
import type { Diagnostic } from './learn/error/errorSignature.ts';
import { ErrorSolutions } from './learn/error/errorSolutions.ts';
import { type PlainText, plainText } from './learn/error/lineEnds.ts';
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
	/** For files of a language, by the editor's id of it. */
	syntaxCheck(language: string): SyntaxCheck;
}

/** Parsing for a fix is done while the user waits. */
const PARSE_LIMIT_MS = 200;

/** Composition of learned fixes over the learned collections: one book a worktree. */
export function createFixRoom(options: {
	readonly ports: Pick<Ports, 'assets' | 'clock'>;
	readonly store: LearnedStore;
	readonly worktrees: () => readonly Worktree[];
	readonly localOnly: LocalOnlyCheck;
	readonly settings: () => Settings;
}): FixRoom {
	const { ports, store, settings } = options;
	const parser = new SyntaxParser((path) => ports.assets.read(path), { nowMs: () => ports.clock.nowMs(), timeoutMs: PARSE_LIMIT_MS });
	const books = new Map<string, ErrorSolutions>();

	function bookOf(path: string): ErrorSolutions | null {
		const isIn = (folder: string) => path.startsWith(folder) && /^[\\/]/.test(path.slice(folder.length));
		const worktree = options.worktrees().find((candidate) => isIn(candidate.path));
		if (!worktree || isSecretPath(path) || !settings().learning.enabled) return null;
		const scope = { workspaceId: worktree.id, repositoryId: worktree.repositoryId };
		const book = books.get(worktree.id) ?? new ErrorSolutions({ store, parser, clock: ports.clock, scope });
		books.set(worktree.id, book);
		return book;
	}

	return {
		syntaxCheck: (language) => syntaxCheck(parser, language),
		async offer(request) {
			const plain = plainText(request.text);
			const offers = (await bookOf(request.path)?.offerFixes(toDiagnostic(request, plain), plain.text)) ?? [];
			return offers.map(({ text: _whole, edits, ...offer }) => ({ ...offer, edits: edits.map(plain.toOriginal) }));
		},
		async record({ after: textAfter, isVerified, interactionIds, ...request }) {
			const { path } = request;
			const book = bookOf(path);
			const plain = plainText(request.text);
			const before = plain.text;
			const after = plainText(textAfter).text;
			const diagnostic = toDiagnostic(request, plain);
			const verdicts = await options.localOnly([before, after].map((text) => ({ path, text })));
			const isLocalOnly = verdicts.some((verdict) => verdict !== 'open' && verdict !== 'missing');
			if (isVerified) await book?.recordFix({ diagnostic, before, after, provenance: interactionIds.length > 0 ? interactionIds : ['user'], isLocalOnly });
			else await book?.recordFailure({ diagnostic, before, failed: after, isLocalOnly });
		},
	};
}

function toDiagnostic({ languageId, diagnostic: { message, source, code, offset } }: LearnedFixRequest, { toPlain }: PlainText): Diagnostic {
	return { message, source: source ?? '', code: code ?? '', languageId: grammarOf(languageId), offset: toPlain(offset) };
}
