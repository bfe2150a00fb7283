import * as vscode from 'vscode';
import type { AnswerSummary, AskPart, Hit } from '#protocol/messages';
import { hitFolder, hitUri } from '../commands/openHit.ts';
import type { CoordinatorClient } from '../coordinatorClient.ts';
import type { AnswerBlocks, AnswerReader } from '../edits/answerBlocks.ts';
import type { Fixer } from '../fixes/fixer.ts';
import { fixInChat } from '../fixes/fixInChat.ts';
import { CHAT_PARTICIPANTS, COMMANDS } from '../ids.ts';
import { escapeMarkdown } from '../markdown.ts';
import { explainFailure, explainNotice } from '../messages.ts';
import type { OutcomeReporter } from '../outcomes/outcomeReporter.ts';
import { statusMarkdown } from '../status/statusMarkdown.ts';
import { AskedQuestions } from './askedQuestions.ts';
import type { HybridChatMetadata } from './chatMetadata.ts';
import { isNothingToExplain, toAskQuery } from './chatRequest.ts';
import { closingLine } from './closingLine.ts';
import { listenToThumbs } from './feedback.ts';
import type { SentContext } from './sentContext.ts';

/** `@hybrid` in the chat panel. */
export function registerHybridParticipant(
	client: CoordinatorClient,
	sent: SentContext,
	blocks: AnswerBlocks,
	fixer: Fixer,
	reporter: OutcomeReporter,
): vscode.Disposable {
	const asked = new AskedQuestions();
	const participant = vscode.chat.createChatParticipant(CHAT_PARTICIPANTS.hybrid, async (request, context, stream, token) => {
		if (request.command === 'status') {
			stream.markdown(statusMarkdown(client));
			stream.button({ command: COMMANDS.showStatus, title: vscode.l10n.t('Show Index') });
			return {};
		}
		if (request.command === 'fix') return answerOrExplain(() => fixInChat(fixer, request, stream, token), stream, token);
		const query = toAskQuery(request, context, asked);
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
			asked.add(query, summary.model?.id ?? null);
			showSources(sent.get(query.interactionId)?.hits ?? [], stream);
			showEnd(summary, stream, client);
			reader.showButtons(stream);
			return { metadata: { interactionId: query.interactionId, hasContext: summary.context.chunks > 0 } satisfies HybridChatMetadata };
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
	const { t } = vscode.l10n;
	switch (part.type) {
		case 'stage':
			if (part.stage === 'searching') stream.progress(t('Searching the workspace'));
			else if (part.stage === 'answering') stream.progress(t('Asking {0}', part.detail ?? ''));
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
			stream.markdown(`${part.section === 'attached' ? t('**The code that was asked about**') : `\n\n${t('**Code that relates to it**')}`}\n\n`);
			break;
		case 'delta':
			reader.push(part.text);
			// A plain MarkdownString: text of a model or of a file may run no command and load no HTML.
			stream.markdown(new vscode.MarkdownString(part.text));
	}
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

function showEnd(summary: AnswerSummary, stream: vscode.ChatResponseStream, client: CoordinatorClient): void {
	if (summary.endReason === 'cancelled') return;
	const notices = summary.notices.map(explainNotice).filter((text) => text !== '');
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
	if (summary.notices.some(({ code }) => code === 'no-model' || code === 'not-explained' || code === 'model-failed')) {
		stream.button({ command: COMMANDS.findModelServers, title: vscode.l10n.t('Find Model Servers') });
	}
}
