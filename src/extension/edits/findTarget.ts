import * as vscode from 'vscode';
import { hitUri } from '../commands/openHit.ts';
import type { OfferedBlock } from './answerBlocks.ts';
import { filesThatFit } from './chooseFile.ts';
import { type PlaceRefusal, placeBlock } from './placeBlock.ts';

/** Files that are looked at for one block. */
const MOST_FILES = 8;

/** Where a block belongs; else the file that was looked at first and why it is not there; `uri` null: there is no file to look at. */
export type BlockTarget =
	| { readonly kind: 'found'; readonly uri: vscode.Uri }
	| { readonly kind: 'refused'; readonly uri: vscode.Uri; readonly reason: PlaceRefusal }
	| { readonly kind: 'missing'; readonly path: string | null };

/** The file that the answer names, else one whose code was sent and fits, else the active one: the first in which the block has a place. */
export async function findTarget({ block, hits }: OfferedBlock): Promise<BlockTarget> {
	const active = vscode.window.activeTextEditor?.document.uri;
	const named = block.path === null ? [] : await filesNamed(block.path);
	if (block.path !== null && named.length === 0) return { kind: 'missing', path: block.path };
	const fitting = filesThatFit(block, hits).flatMap((hit) => hitUri(hit) ?? []);
	const candidates = named.length > 0 ? named : [...fitting, ...(active && /^(?:file|untitled)$/.test(active.scheme) ? [active] : [])];
	let refused: BlockTarget = { kind: 'missing', path: null };
	for (const uri of candidates.slice(0, MOST_FILES)) {
		const document = await Promise.resolve(vscode.workspace.openTextDocument(uri)).catch(() => null);
		if (!document) continue;
		const placement = placeBlock(document.getText(), block.text);
		if (placement.kind === 'placed') return { kind: 'found', uri };
		if (refused.kind === 'missing') refused = { kind: 'refused', uri, reason: placement.reason };
	}
	return refused;
}

/** Files of the workspace whose path ends as named, shortest first. */
async function filesNamed(path: string): Promise<vscode.Uri[]> {
	const folders = vscode.workspace.workspaceFolders ?? [];
	const inside = folders.find(({ uri }) => path.startsWith(`${uri.path}/`));
	const relative = inside ? path.slice(inside.uri.path.length + 1) : path.replace(/^\/+/, '');
	const pattern = `**/${relative.replace(/[[\]{}*?]/g, '?')}`;
	const found = await vscode.workspace.findFiles(pattern, undefined, MOST_FILES);
	return found.sort((a, b) => a.path.length - b.path.length);
}
