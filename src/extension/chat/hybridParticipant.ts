import * as vscode from 'vscode';
import type { AnswerSummary, AskPart, Hit } from '#protocol/messages';
import { hitFolder, hitUri } from '../commands/openHit.ts';
import { bestAlternative } from '../commands/retryCommands.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import type { AnswerBlocks, AnswerReader } from '../edits/answerBlocks.ts';
import { openFence } from '../edits/codeBlocks.ts';
import type { Fixer } from '../fixes/fixer.ts';
import { fixInChat, hasProblems } from '../fixes/fixInChat.ts';
import { CHAT_PARTICIPANTS, COMMANDS } from '../ids.ts';
import { escapeMarkdown } from '../markdown.ts';
import { explainFailure, explainNotice } from '../messages.ts';
import type { EditedFiles } from '../outcomes/editedFiles.ts';
import type { OutcomeReporter } from '../outcomes/outcomeReporter.ts';
import { statusMarkdown } from '../status/statusMarkdown.ts';
import { type FailureQuestions, lastFailure } from '../terminal/fixLastFailure.ts';
import { AskedQuestions } from './askedQuestions.ts';
import type { HybridChatMetadata } from './chatMetadata.ts';
import { isNothingToExplain, modelOf, toAskQuery } from './chatRequest.ts';
import { closingLine } from './closingLine.ts';
import { listenToThumbs } from './feedback.ts';
import { routeNotices } from './routeWords.ts';
import type { SentContext } from './sentContext.ts';
import { whyAnswer } from './whyAnswer.ts';

/** `@hybrid` in the chat panel. */
export function registerHybridParticipant(
	client: CoordinatorClient,
	sent: SentContext,
	blocks: AnswerBlocks,
	{ fixer, failures }: { readonly fixer: Fixer; readonly failures: FailureQuestions },
	reporter: OutcomeReporter,
	edited: EditedFiles,
): vscode.Disposable {
	const asked = new AskedQuestions();
	const participant = vscode.chat.createChatParticipant(CHAT_PARTICIPANTS.hybrid, async (request, context, stream, token) => {
		if (request.command === 'status') {
			stream.markdown(statusMarkdown(client));
			stream.button({ command: COMMANDS.showStatus, title: vscode.l10n.t('Show Index') });
			return {};
		}
		const failure = request.command === 'fix' && !hasProblems() ? await lastFailure(client).catch(() => null) : null;
		if (request.command === 'fix' && !failure) return answerOrExplain(() => fixInChat(fixer, request, stream, token), stream, token);
		if (request.command === 'why') return explainLastAnswer(context, stream, client, sent);
		if (failure) stream.progress(vscode.l10n.t('The editor reports no problem here. Asking about “{0}”, which failed', failure.commandLine));
		const given = failure ? failures.toQuery(failure) : sent.takeNext(request.prompt);
		const query = given ? { ...modelOf(request.model), ...given } : toAskQuery(request, context, asked);
		if (query.prompt === '') {
			stream.markdown(vscode.l10n.t('Ask a question about this workspace, for example: *Where are settings read?*'));
			return {};
		}
		if (isNothingToExplain(request, query)) {
			stream.markdown(vscode.l10n.t('Open a file or select the code that is to be explained, then ask again.'));
			return {};
		}
		const answer = async () => {
			const reader = blocks.read(query.interactionId, sent);
			const summary = await client.ask(query, (part) => showPart(part, stream, (hits) => sent.set(query.interactionId, query.prompt, hits), reader), token);
			sent.finish(query, summary);
			asked.add(query, summary.model?.id ?? null);
			edited.answered({ interactionId: query.interactionId });
			closeBlock(summary, stream);
			showSources(sent.get(query.interactionId)?.hits ?? [], stream);
			showEnd(summary, stream, client);
			reader.showButtons(stream);
			return { metadata: { interactionId: query.interactionId, hasContext: summary.context.chunks > 0, isLocalOnly: summary.isLocalOnly } satisfies HybridChatMetadata };
		};
		return answerOrExplain(answer, stream, token);
	});
	participant.iconPath = new vscode.ThemeIcon('git-merge');
	participant.followupProvider = {
		provideFollowups(result) {
			const metadata = result.metadata as HybridChatMetadata | undefined;
			if (!metadata?.hasContext) return [];
			return [
				{ prompt: vscode.l10n.t('Where is this tested?'), label: vscode.l10n.t('Where is this tested?') },
				{ prompt: vscode.l10n.t('What else depends on this?'), label: vscode.l10n.t('What else depends on this?') },
			];
		},
	};
	return vscode.Disposable.from(participant, listenToThumbs(participant, reporter));
}

/** The answer; where it fails, why and what helps. */
async function answerOrExplain(answer: () => Promise<vscode.ChatResult>, stream: vscode.ChatResponseStream, token: vscode.CancellationToken): Promise<vscode.ChatResult> {
	try {
		return await answer();
	} catch (error) {
		if (token.isCancellationRequested) return {};
		const advice = explainFailure(error);
		if (advice.action) stream.button(advice.action);
		return { errorDetails: { message: advice.text } };
	}
}

function showPart(part: AskPart, stream: vscode.ChatResponseStream, onReferences: (hits: readonly Hit[]) => void, reader: AnswerReader): void {
	switch (part.type) {
		case 'stage':
			showStage(part, stream);
			break;
		case 'references':
			onReferences(part.hits);
			for (const hit of part.hits) {
				const location = locationOf(hit);
				if (location) stream.reference(location);
			}
			break;
		case 'section':
			reader.stop();
			stream.markdown(`${sectionTitle(part.section)}\n\n`);
			break;
		case 'delta':
			reader.push(part.text);
			// A plain MarkdownString: text of a model or of a file may run no command and load no HTML.
			stream.markdown(new vscode.MarkdownString(part.text));
	}
}

function sectionTitle(section: Extract<AskPart, { type: 'section' }>['section']): string {
	const { t } = vscode.l10n;
	if (section === 'related') return `\n\n${t('**Code that relates to it**')}`;
	return section === 'failed' ? t('**Where it failed**') : t('**The code that was asked about**');
}

function showStage({ stage, detail = '' }: Extract<AskPart, { type: 'stage' }>, stream: vscode.ChatResponseStream): void {
	const { t } = vscode.l10n;
	if (stage === 'searching') stream.progress(t('Searching the workspace'));
	else if (stage === 'compressing') stream.progress(t('{0} shortens the code', detail));
	else if (stage === 'queued') stream.progress(detail === '1' ? t('Waiting: 1 question is before this one') : t('Waiting: {0} questions are before this one', detail));
	else if (stage === 'answering') stream.progress(t('Asking {0}', detail));
}

/** `/why`: the answer before in this chat, else the newest of the window. What this window does not know any more the coordinator may. */
async function explainLastAnswer(
	context: vscode.ChatContext,
	stream: vscode.ChatResponseStream,
	client: CoordinatorClient,
	sent: SentContext,
): Promise<vscode.ChatResult> {
	const turns = context.history.flatMap((turn) => (turn instanceof vscode.ChatResponseTurn ? [turn.result.metadata as HybridChatMetadata | undefined] : []));
	const interactionId = turns.findLast((metadata) => metadata?.interactionId !== undefined)?.interactionId;
	const question = sent.get(interactionId);
	const route = question?.summary?.route ?? (interactionId === undefined ? null : await client.request('router/explain', { interactionId }).catch(() => null));
	if (!question && !route) {
		stream.markdown(vscode.l10n.t('Nothing was answered here yet. Ask a question first, then `/why` tells how its model was chosen and what was sent.'));
		return {};
	}
	stream.markdown(new vscode.MarkdownString(whyAnswer(question ?? { prompt: vscode.l10n.t('The last answer'), hits: [] }, route)));
	return interactionId === undefined ? {} : { metadata: { interactionId, hasContext: false, isLocalOnly: false } satisfies HybridChatMetadata };
}

function locationOf(hit: Hit): vscode.Location | undefined {
	const uri = hitUri(hit);
	return uri && new vscode.Location(uri, new vscode.Range(hit.startLine - 1, 0, hit.endLine - 1, 0));
}

/** Links to every piece, under the answer: the list of references above it is folded. */
function showSources(hits: readonly Hit[], stream: vscode.ChatResponseStream): void {
	if (hits.length > 0) stream.markdown('\n\n');
	for (const [index, hit] of hits.entries()) {
		const location = locationOf(hit);
		if (!location) continue;
		if (index > 0) stream.markdown(' · ');
		stream.anchor(location, `${hit.filePath.split('/').at(-1)}:${hit.startLine}-${hit.endLine}`);
		const folder = hitFolder(hit);
		// Behind the link: what follows the first link is no part of the answer when it goes into a history.
		if (folder) stream.markdown(` (${escapeMarkdown(folder)})`);
	}
}

/** An answer that was cut off in a block of code would take what we say after it into the block. The reader of blocks is not told: half a block is none. */
function closeBlock({ text }: AnswerSummary, stream: vscode.ChatResponseStream): void {
	const fence = openFence(text);
	if (fence !== null) stream.markdown(`\n${fence}\n`);
}

function showEnd(summary: AnswerSummary, stream: vscode.ChatResponseStream, client: CoordinatorClient): void {
	if (summary.endReason === 'cancelled') return;
	const notices = [...(summary.route ? routeNotices(summary.route) : []), ...summary.notices.map((notice) => explainNotice(notice, summary.model !== null))].filter(
		(text) => text !== '',
	);
	for (const text of notices) stream.markdown(`\n\n> ${escapeMarkdown(text)}`);
	stream.markdown(`\n\n---\n\n${escapeMarkdown(closingLine(summary))}`);
	if (summary.notices.some(({ code }) => code === 'no-index') || client.status?.phase === 'not-indexed') {
		stream.button({ command: COMMANDS.indexWorkspace, title: vscode.l10n.t('Index This Workspace') });
	}
	if (summary.context.chunks > 0)
		stream.button({
			command: COMMANDS.showWhatWasSent,
			title: summary.model ? vscode.l10n.t('Show What Was Sent') : vscode.l10n.t('Show What Was Found'),
			arguments: [summary.interactionId],
		});
	showRetry(summary, stream);
	if (!summary.model && summary.notices.some(({ code }) => code === 'no-model' || code === 'not-explained' || code === 'model-failed')) {
		stream.button({ command: COMMANDS.findModelServers, title: vscode.l10n.t('Find Model Servers') });
	}
}

/** Where another model may answer: a button for the best of them, and one to choose. Who failed just now is not offered. */
function showRetry({ interactionId, model, route, notices }: AnswerSummary, stream: vscode.ChatResponseStream): void {
	const { t } = vscode.l10n;
	const failed = notices.flatMap((notice) => (notice.code === 'model-failed' || notice.code === 'over-budget' ? [notice.model] : []));
	const others = (route?.alternatives ?? []).filter(
		({ modelId, label, excludedBy }) => excludedBy === null && modelId !== model?.id && !failed.includes(label) && !failed.includes(modelId),
	);
	const best = bestAlternative(others);
	if (!best) return;
	stream.button({ command: COMMANDS.retryWith, title: t('Retry with {0}', best.label.replace(/ \([^)]*\)$/, '')), arguments: [interactionId, best.modelId] });
	if (others.length > 1) stream.button({ command: COMMANDS.retryWith, title: t('Retry with Another Model…'), arguments: [interactionId] });
}
