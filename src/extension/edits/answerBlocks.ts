import * as vscode from 'vscode';
import type { Hit } from '#protocol/messages';
import type { SentContext } from '../chat/sentContext.ts';
import { COMMANDS } from '../ids.ts';
import { isQuotation } from './chooseFile.ts';
import { BlockReader, type CodeBlock, isForFiles } from './codeBlocks.ts';
import { findDefinitions } from './definitions.ts';

/** Answers whose blocks are kept. */
const KEPT = 50;
/** Blocks of one answer that get buttons. */
const MOST_OFFERED = 8;

export interface OfferedBlock {
	readonly interactionId: string;
	readonly block: CodeBlock;
	/** What was sent with the question. */
	readonly hits: readonly Hit[];
}

/** The code blocks of the last answers, by interaction. */
export class AnswerBlocks {
	readonly #answers = new Map<string, Map<number, OfferedBlock>>();

	/** Reads an answer while it streams, to offer its new code at the end. */
	read(interactionId: string, sent: SentContext): AnswerReader {
		const blocks = new Map<number, OfferedBlock>();
		this.#answers.set(interactionId, blocks);
		const [oldest] = this.#answers.keys();
		if (this.#answers.size > KEPT && oldest !== undefined) this.#answers.delete(oldest);
		return new AnswerReader((block) => {
			const hits = sent.get(interactionId)?.hits ?? [];
			if (!isQuotation(block, hits)) blocks.set(block.number, { interactionId, block, hits });
		}, blocks);
	}

	get(interactionId: unknown, number: unknown): OfferedBlock | undefined {
		return typeof interactionId === 'string' && typeof number === 'number' ? this.#answers.get(interactionId)?.get(number) : undefined;
	}
}

/** One answer on its way into the chat. */
export class AnswerReader {
	readonly #keep: (block: CodeBlock) => void;
	readonly #kept: ReadonlyMap<number, OfferedBlock>;
	readonly #reader = new BlockReader();
	#isOfWorkspace = false;

	constructor(keep: (block: CodeBlock) => void, kept: ReadonlyMap<number, OfferedBlock>) {
		this.#keep = keep;
		this.#kept = kept;
	}

	/** From here on the text is code of the workspace: there is nothing to apply. */
	stop(): void {
		this.#isOfWorkspace = true;
	}

	push(text: string): void {
		if (!this.#isOfWorkspace) for (const block of this.#reader.push(text)) this.#keep(block);
	}

	/** Buttons for every block. At the end only: the chat folds what stands before a button in the middle of an answer. */
	showButtons(stream: vscode.ChatResponseStream): void {
		const last = this.#isOfWorkspace ? null : this.#reader.end();
		if (last) this.#keep(last);
		const { t } = vscode.l10n;
		const offered = [...this.#kept.values()].slice(0, MOST_OFFERED);
		for (const { interactionId, block } of offered) {
			const name = offered.length > 1 ? titleOf(block) : null;
			const button = { arguments: [interactionId, block.number] };
			if (isForFiles(block)) stream.button({ ...button, command: COMMANDS.applyCodeBlock, title: name === null ? t('Apply') : t('Apply {0}', name) });
			stream.button({ ...button, command: COMMANDS.insertCodeBlock, title: name === null ? t('Insert at Cursor') : t('Insert {0} at Cursor', name) });
		}
	}
}

/** A block's number, and what it is about: its first definition, its file or its language. */
function titleOf({ number, text, path, language }: CodeBlock): string {
	const about = findDefinitions(text.split('\n'))[0]?.name ?? path?.split('/').at(-1) ?? language;
	return about === '' ? String(number) : `${number}: ${about}`;
}
