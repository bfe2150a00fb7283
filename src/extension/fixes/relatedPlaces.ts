import * as vscode from 'vscode';
import type { FixTarget } from './fixActions.ts';
import { namesIn } from './namesIn.ts';

/** Language servers are waited for no longer. */
const WAIT_MS = 1_000;
/** Places that are handed over, names that are looked up, and diagnostics whose names are. */
const MOST_PLACES = 4;
const MOST_NAMES = 6;
const MOST_DIAGNOSTICS = 5;
const MOST_NAMESAKES = 2;
/** Lines of a place where only its beginning is known, and the most of any. */
const LINES_BEFORE = 2;
const LINES_AFTER = 20;
const LONGEST = 60;

/** Lines count from 1, the end is inclusive. */
export interface RelatedPlace {
	/** Absolute. */
	readonly path: string;
	readonly startLine: number;
	readonly endLine: number;
}

/**
 * Places in other files that diagnostics speak of: what their source relates to them, and where the names that they quote are defined. Without these
 * a model could not know what to change there. Never rejects; what comes too late is left out.
 */
export async function relatedPlaces({ uri, diagnostics }: FixTarget, document: vscode.TextDocument): Promise<RelatedPlace[]> {
	const looked = diagnostics.slice(0, MOST_DIAGNOSTICS);
	const related = looked.flatMap(({ relatedInformation = [] }) => relatedInformation.map(({ location }) => location));
	const late = new Promise<readonly Found[]>((resolve) => setTimeout(resolve, WAIT_MS, []));
	const names = [...new Set(looked.flatMap((diagnostic) => namesIn(diagnostic.message, document.getText(diagnostic.range))))].slice(0, MOST_NAMES);
	const defined = names.map((name) => Promise.race([definitionsOf(name, document), late]));
	const places = [...related, ...(await Promise.all(defined)).flat()].map(toPlace);
	const elsewhere = places.filter((place) => place.uri.scheme === 'file' && place.uri.toString() !== uri.toString() && vscode.workspace.getWorkspaceFolder(place.uri));
	const attachments = elsewhere.map(({ uri: { fsPath }, startLine, endLine }) => ({ path: fsPath, startLine, endLine }));
	return attachments.filter((one, index) => attachments.findIndex((other) => isWithin(one, other)) === index).slice(0, MOST_PLACES);
}

type Found = vscode.Location | vscode.LocationLink;

async function definitionsOf(name: string, document: vscode.TextDocument): Promise<readonly Found[]> {
	const text = document.getText();
	const at = new RegExp(String.raw`(?<![\p{L}\p{N}_$])${name.replaceAll('$', String.raw`\$`)}(?![\p{L}\p{N}_$])`, 'u').exec(text)?.index;
	// A type that is inferred is named in the message only.
	if (at === undefined) return symbolsNamed(name);
	const found = vscode.commands.executeCommand<readonly Found[] | undefined>('vscode.executeDefinitionProvider', document.uri, document.positionAt(at));
	return found.then(
		(definitions) => definitions ?? [],
		() => [],
	);
}

async function symbolsNamed(name: string): Promise<readonly Found[]> {
	const found = vscode.commands.executeCommand<readonly vscode.SymbolInformation[] | undefined>('vscode.executeWorkspaceSymbolProvider', name);
	return found.then(
		(symbols) => {
			const named = (symbols ?? []).filter((symbol) => symbol.name === name);
			// What many things are called says nothing.
			return named.length > MOST_NAMESAKES ? [] : named.map(({ location }) => location);
		},
		() => [],
	);
}

/** Lines count from 1, the end is inclusive. */
function toPlace(found: Found): { readonly uri: vscode.Uri; readonly startLine: number; readonly endLine: number } {
	const [uri, { start, end }] = 'targetUri' in found ? [found.targetUri, found.targetRange] : [found.uri, found.range];
	const isWhole = end.line > start.line;
	const startLine = isWhole ? start.line + 1 : Math.max(1, start.line + 1 - LINES_BEFORE);
	return { uri, startLine, endLine: isWhole ? Math.min(end.line + 1, startLine + LONGEST - 1) : start.line + 1 + LINES_AFTER };
}

function isWithin(one: RelatedPlace, other: RelatedPlace): boolean {
	return one.path === other.path && other.startLine <= one.startLine && one.endLine <= other.endLine;
}
