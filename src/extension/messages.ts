import * as vscode from 'vscode';
import type { AnswerNotice, IndexPhase, IndexProblem, SkipReason } from '#protocol/messages';
import { CoordinatorFailure } from './coordinatorFailure.ts';
import { COMMANDS } from './ids.ts';

/** Something to say with the command that helps. */
export interface Advice {
	readonly text: string;
	readonly action?: { readonly title: string; readonly command: string };
}

/** What a failure means and what to do about it. The only place where codes become sentences. */
export function explainFailure(error: unknown): Advice {
	if (!(error instanceof CoordinatorFailure)) return { text: error instanceof Error ? error.message : String(error), action: showLog() };
	return explainCode(error.code, error.message);
}

/** The same for a problem of the index. */
export function explainProblem(problem: IndexProblem): Advice {
	if (problem.code === 'over-budget') {
		const text = vscode.l10n.t('Search works by words until the limit leaves enough again. Raise it, or choose an embedding model of this machine.');
		return { text: `${problem.message} ${text}`, action: { title: vscode.l10n.t('Choose Another Model'), command: COMMANDS.chooseEmbeddingModel } };
	}
	return explainCode(problem.code, problem.message);
}

function explainCode(code: string, message: string): Advice {
	const { t } = vscode.l10n;
	const say = (next: string, action?: Advice['action']): Advice => ({ text: `${message} ${next}`, ...(action ? { action } : {}) });
	switch (code) {
		case 'workspace-refused':
			return say(t('Open a project folder instead: this one holds more than one project, or your whole home.'));
		case 'database-newer':
			return say(t('Update the extension, or choose another data directory in the settings.'), openSettings());
		case 'database-corrupt':
			return say(t('Clear the index, or restore the backup beside the file.'), { title: t('Manage Stored Indexes'), command: COMMANDS.manageIndexes });
		case 'index-rebuilt':
			return say(t('Nothing is lost but the time to index again.'), showLog());
		case 'shared-store-away':
			// The message names an address, which may be that of a model server as well.
			return {
				text: t('Qdrant: {0} Searches are answered on this machine, and what is learned is delivered once the Qdrant server can be used again.', message),
				action: openSettings(),
			};
		case 'database-locked':
			return say(t('Another program holds it; this is tried again by itself.'), showLog());
		case 'database-readonly':
			return say(t('Make the folder writable, or choose another data directory.'), openSettings());
		case 'disk-full':
			return say(t('Free some space: indexing goes on where it was, and nothing is lost.'), { title: t('Resume'), command: COMMANDS.resumeIndexing });
		case 'model-missing':
		case 'model-damaged':
			return say(t('Install the extension again; until then search works by words.'), { title: t('Choose Another Model'), command: COMMANDS.chooseEmbeddingModel });
		case 'runtime-unavailable':
			return say(t('Search works by words; another embedding model may load.'), { title: t('Choose Another Model'), command: COMMANDS.chooseEmbeddingModel });
		case 'server-unreachable':
		case 'server-timeout':
		case 'server-error':
			return say(t('Start the server or check its address. Search works by words, and the server is tried again by itself.'), openSettings());
		case 'rate-limited':
			return say(t('Wait a little, or pick another model.'));
		case 'over-budget':
			return say(t('Wait for the answers under way, raise the limit, or pick a model of this machine.'), openSettings());
		case 'context-too-long':
			return say(t('Send less code, or pick a model with a longer context.'), openSettings());
		case 'not-found':
			return say(t('Pick another model in the chat.'));
		case 'file-unreadable':
			return say(t('Check the permissions of the file; the rest is indexed.'), showLog());
		case 'texts-quarantined':
			return say(t('They are found by words; the log says more.'), showLog());
		case 'unauthorized':
			return say(t('Set a key for this server.'), { title: t('Set API Key'), command: COMMANDS.setApiKey });
		case 'dimension-changed':
			return say(t('The server has another model under this name now. Vectors are made anew for it; choose another model if that was not meant.'), {
				title: t('Choose Model'),
				command: COMMANDS.chooseEmbeddingModel,
			});
		case 'untrusted-workspace':
			return say(t('Trust the workspace to use models on other machines.'), { title: t('Manage Trust'), command: 'workbench.trust.manage' });
		case 'bundle-newer':
			return say(t('Update the extension, or export it again with this version.'));
		case 'bundle-invalid':
			return say(t('Nothing was changed. Export it again, and choose the exported file.'));
		case 'coordinator-died':
			return say(t('It starts again by itself; ask again in a moment.'), showLog());
		case 'coordinator-gave-up':
			return say(t('Look at the log, then start it again.'), { title: t('Restart'), command: COMMANDS.restartCoordinator });
		default:
			return { text: message, action: showLog() };
	}
}

const showLog = () => ({ title: vscode.l10n.t('Show Log'), command: COMMANDS.showLog });
const openSettings = () => ({ title: vscode.l10n.t('Open Settings'), command: COMMANDS.openSettings });

/** A notice of an answer in words; empty where there is nothing to say. `isAnswered`: another model stepped in for one that failed. */
export function explainNotice(notice: AnswerNotice, isAnswered = false): string {
	const { t } = vscode.l10n;
	switch (notice.code) {
		case 'no-model':
			return t('No language model was asked: the code above is what was found.');
		case 'not-explained':
			return t('No model explains it: “Workspace Code” only shows code. Pick a language model in the chat for an explanation.');
		case 'index-incomplete':
			return t('The index is still being built ({0} of {1}); asking again later may find more.', notice.done, notice.total);
		case 'no-index':
			return t('This workspace is not indexed yet.');
		case 'nothing-found':
			return t('Nothing in the workspace fits the question. Try the words that the code itself would use.');
		case 'secret-withheld':
			return t('Not read and not sent, because the name says that it holds secrets: {0}', notice.paths.join(', '));
		case 'lexical-only':
			return t('Found by words only: {0}', notice.reason);
		case 'model-failed':
			if (notice.errorCode === 'not-found')
				return isAnswered
					? t('{0} is not there any more: pick another model in the chat.', notice.model)
					: t('{0} is not there any more: pick another model in the chat. The code above is what was found.', notice.model);
			return t('{0} did not answer: {1}', notice.model, notice.message);
		case 'untrusted-workspace':
			return t('This workspace is not trusted, so nothing is sent to other machines.');
		case 'local-only-withheld':
			return t('Kept on this machine, as local-only: {0}', notice.paths.join(', '));
		case 'budget-reached':
			return notice.period === 'day'
				? t('The spending limit of ${0} a day is reached.', notice.limitUsd)
				: t('The spending limit of ${0} a month is reached.', notice.limitUsd);
		case 'over-budget':
			return t('{0} was not asked: the spending limit does not leave what the call may cost, beside those under way.', notice.model);
		case 'cut-short':
			if (notice.reason === 'filter') return t('The provider cut the answer off for what it says.');
			return notice.reason === 'budget'
				? t('The answer was cut off at what the spending limit leaves for one.')
				: t('The answer was cut off at the longest that the model may give.');
		case 'context-shortened':
			return t('The context was too long for the model, so only a part of it was sent ({0} tokens).', notice.tokens);
		case 'compressed':
			return t('{0} shortened the code from {1} to {2} tokens before it was sent.', notice.model, notice.tokensBefore, notice.tokensAfter);
		case 'not-compressed':
			return t('The code was sent whole: shortening it did not work out.');
		case 'from-cache':
			return t('The same question was answered at {0}; this is that answer.', new Date(notice.timeMs).toLocaleTimeString());
		case 'control':
			return t('Sent without code, as a small random share is, so that what the code saves can be measured. Ask again for an answer with it.');
	}
}

/** A phase in a word or two. */
export function phaseLabel(phase: IndexPhase): string {
	const { t } = vscode.l10n;
	const labels: Readonly<Record<IndexPhase, string>> = {
		'not-indexed': t('not indexed'),
		'scanning': t('scanning'),
		'indexing': t('indexing'),
		'embedding': t('searchable, improving'),
		'ready': t('ready'),
		'paused': t('paused'),
		'stopped': t('stopped'),
		'following': t('indexed by another window'),
		'failed': t('failed'),
	};
	return labels[phase];
}

/** Why files are left out. */
export function skipLabel(reason: string): string {
	const { t } = vscode.l10n;
	const labels: Readonly<Record<SkipReason, string>> = {
		'ignored': t('ignored by rules or default excludes'),
		'secret-file': t('may hold secrets: never read'),
		'binary': t('not text'),
		'minified': t('minified'),
		'generated': t('generated'),
		'too-large': t('too large'),
		'too-deep': t('nested too deep'),
		'symlink': t('symbolic link'),
		'unreadable': t('not readable'),
		'empty': t('empty'),
		'quarantined': t('failed repeatedly'),
		'excluded-type': t('type left out'),
	};
	return labels[reason as SkipReason] ?? reason;
}
