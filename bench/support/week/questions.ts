import { chance, shuffled } from './chance.ts';
import type { WorkspaceCopy } from './workspaceCopy.ts';

/** A question whose answer is in files that the repository itself names. */
export interface Question {
	readonly key: string;
	/** `definition`: a doc comment asks for the file of its definition. `change`: a commit's subject asks for the files that it changed. */
	readonly kind: 'definition' | 'change';
	readonly workspace: string;
	readonly words: readonly string[];
	/** Relative paths. */
	readonly truth: readonly string[];
	/** Name of what is defined; null for changes. */
	readonly symbol: string | null;
}

const FEWEST_WORDS = 5;
const MOST_FILES = 2;
/** Words that are left out of a question, each with this chance, so that it is not the sentence that stands in the file. */
const LEFT_OUT = 0.2;

const TYPESCRIPT =
	/\/\*\*\s*\n?\s*\*?\s*([A-Z][^\n@*]{20,200})[\s\S]{0,600}?\*\/\s*\nexport (?:default )?(?:abstract )?(?:async )?(?:const|function|class|interface|type) (\w+)/g;
const PYTHON = /^\s*(?:async )?(?:def|class) (\w+)[^\n]*?(?:\([^)]*\))?[^\n:]*:\s*\n\s+(?:r?""")([A-Z][^\n"]{20,200})/gm;
const FRAMES: readonly ((words: string) => string)[] = [
	(words) => `Where is the code for this: ${words}?`,
	(words) => `How does this work here: ${words}`,
	(words) => `Which file is responsible for ${words}?`,
	(words) => `I want to change ${words}. Where do I start?`,
	(words) => `Show me how to handle ${words}`,
];

/** All that can be asked of a workspace, in an order that follows from the seed, definitions and changes in turn. */
export function questionsOf(workspace: WorkspaceCopy, seed: number): Question[] {
	const definitions = workspace.sources.flatMap((file) => definitionsIn(file, workspace.read(file), workspace.name));
	const once = definitions.filter(({ words }) => definitions.filter((other) => other.words.join(' ') === words.join(' ')).length === 1);
	const changes = changesOf(workspace);
	const [first, second] = [shuffled(once, seed, 'definitions', workspace.name), shuffled(changes, seed, 'changes', workspace.name)];
	return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [first[index], second[index]]).flatMap((pair) =>
		pair.filter((one) => one !== undefined),
	);
}

function definitionsIn(file: string, text: string, workspace: string): Question[] {
	const found = file.endsWith('.py')
		? [...text.matchAll(PYTHON)].map(([, symbol = '', sentence = '']) => ({ symbol, sentence }))
		: [...text.matchAll(TYPESCRIPT)].map(([, sentence = '', symbol = '']) => ({ symbol, sentence }));
	return found.flatMap(({ symbol, sentence }) => {
		const words = wordsOf(sentence).filter((word) => word !== symbol);
		if (words.length < FEWEST_WORDS) return [];
		return [{ key: `${workspace}:${file}:${symbol}`, kind: 'definition' as const, workspace, words, truth: [file], symbol }];
	});
}

function changesOf({ name, commits, sources }: WorkspaceCopy): Question[] {
	const known = new Set(sources);
	return commits.flatMap(({ subject, files }) => {
		const truth = files.filter((file) => known.has(file));
		const words = wordsOf(subject.replace(/^\w+(?:\([^)]*\))?!?:\s*/, '').replace(/\(#\d+\)/g, ''));
		if (truth.length === 0 || truth.length > MOST_FILES || words.length < FEWEST_WORDS) return [];
		return [{ key: `${name}:${subject}`, kind: 'change' as const, workspace: name, words, truth, symbol: null }];
	});
}

/** The question in the words of one asking: `wording` 0 is the first, others put it differently. */
export function phrase({ key, words }: Question, wording: number): string {
	const kept = words.filter((_, index) => chance(key, 'word', wording, index) >= LEFT_OUT);
	const frame = FRAMES[Math.floor(chance(key, 'frame', wording) * FRAMES.length)];
	return frame?.((kept.length >= FEWEST_WORDS - 1 ? kept : words).join(' ')) ?? '';
}

function wordsOf(sentence: string): string[] {
	return sentence.replace(/`+/g, '').match(/[\w.'-]*\w/g) ?? [];
}
