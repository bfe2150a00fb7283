import type { CommandError, CommandSource } from '#core/domain/commandRun';
import { signatureOf } from '../error/errorSignature.ts';

export interface CommandSignature {
	/** Equal for the same kind of error, whichever of a language's tools prints it. */
	readonly key: string;
	/** The message with its particulars abstracted, as of a diagnostic. */
	readonly shape: string;
	/** The kind without its message: code, and the test of an assertion. */
	readonly rule: string;
}

/** Tools that print the errors of one language. */
const FAMILIES: readonly (readonly string[])[] = [
	['python', 'pytest'],
	['node', 'vitest', 'jest'],
	['go', 'go test'],
	['rust', 'rustc'],
	['java', 'junit'],
	['ruff', 'flake8'],
];
/** All tools that errors are told apart by. */
const TOOLS = [...FAMILIES.flat(), 'tsc', 'gcc', 'ld', 'javac', 'mypy', 'eslint', 'shell', 'npm', 'maven', 'gradle'];
/** What is another one each time: addresses, ids, times that something took, days and hours. */
const PASSING =
	/\b0x[\da-f]+\b|\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?\b|\b\d+(?:\.\d+)?(?:ns|µs|ms|s|m|h)\b|\b(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{7,40}\b/gi;
const LONGEST_TEST = 80;

/** Abstracts an error to what it has in common with others of its kind. What an assertion says is about its test alone, so the test is part of the kind. */
export function commandSignature({ tool, code, message, test }: CommandError): CommandSignature {
	const { shape } = signatureOf({ message: message.replace(PASSING, '0'), source: '', code: '', languageId: '' });
	const rule = test !== null && isAssertion(tool, code, message) ? `${code}@${test.slice(0, LONGEST_TEST)}` : code;
	return { key: `command:${familyOf(tool)}:${rule}:${shape}`, shape, rule };
}

/** The `error_type` of a solution: where it was seen, by what, and the rule. */
export function errorType(source: CommandSource, tool: string, rule: string): string {
	return `${source} ${tool}:${rule}`.slice(0, 200);
}

/** Every `error_type` that a solution of the error may bear; an error of unknown origin may be any tool's. The editor says what tsc and ESLint do. */
export function errorTypes({ tool, code }: CommandError, { rule }: CommandSignature): string[] {
	const tools = tool === '' ? TOOLS : (FAMILIES.find((family) => family.includes(tool)) ?? [tool]);
	const ofEditor =
		tool === 'tsc' ? [`ts:${code.replace(/^TS/, '')}:typescript`] : tool === 'eslint' ? ['javascript', 'typescript'].map((language) => `eslint:${code}:${language}`) : [];
	return [...tools.flatMap((name) => (['terminal', 'task'] as const).map((source) => errorType(source, name, rule))), ...ofEditor];
}

function familyOf(tool: string): string {
	return FAMILIES.find((family) => family.includes(tool))?.[0] ?? tool;
}

function isAssertion(tool: string, code: string, message: string): boolean {
	return tool === 'go test' || /^(?:Assert|ComparisonFailure$)/.test(code) || /^assert/i.test(message);
}
