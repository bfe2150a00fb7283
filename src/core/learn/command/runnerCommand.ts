/** What a command line runs, as far as it can be told for sure. */
export interface RunnerCommand {
	/** How the program is started: equal where it is certainly the same one. */
	readonly launcher: string;
	/** The tool, as errors name it; null for a script of the package. */
	readonly tool: string | null;
	/** Files, folders and, of a test runner, parts of their names that it is confined to. */
	readonly paths: readonly string[];
	/** A part of the name of the tests that it is confined to; null: it is not. */
	readonly test: string | null;
	/** Whether it says besides only what changes neither what is run nor how it comes out. */
	readonly isPlain: boolean;
}

/** What a shell would do something with. */
const SHELL = /[|&;<>()$`*?{}[\]!#~\\\n]|^\s*\w+=/;
const WORDS = /"([^"]*)"|'([^']*)'|(\S+)/g;
const SCRIPT_TOOLS: readonly string[] = ['vitest', 'jest', 'eslint', 'tsc'];
const PYTHON_TOOLS: readonly string[] = ['pytest', 'ruff', 'mypy', 'flake8'];
/** Words that start a tool of the package: all find the same one. */
const PACKAGE = /^(?:(?:npx|(?:npm|pnpm|yarn|bun) exec|pnpm|yarn|bunx) (?:-- )?|(?:\.\/)?node_modules\/\.bin\/)/;
const SCRIPT = /^(?:npm|pnpm|yarn|bun) (?:run(?:-script)? )?([\w:.-]+)/;
/** How a tool is told to run once, where it would wait for changes otherwise. */
const ONCE: Readonly<Record<string, RegExp>> = { vitest: /^(?:run|--run|--watch=false|--no-watch)$/ };
/** Options that change neither what is run nor how it comes out, without a word of their own behind them. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
	pytest:
		/^(?:-(?:q+|v+|s|x|l|r\w)|--(?:exitfirst|verbose|quiet|showlocals|ff|failed-first|lf|last-failed|nf|new-first|sw|stepwise|no-header|no-summary|disable-warnings|no-cov|maxfail=\d+|tb=\w+|durations=\d+|color=\w+|capture=\w+|cov(?:=\S+)?|cov-report=\S+))$/,
	vitest: /^(?:run|--(?:run|watch=false|no-watch|coverage(?:=false)?|no-coverage|silent|bail(?:=\d+)?|reporter=\w+|no-color|color))$/,
	jest: /^(?:-i|--(?:runInBand|ci|verbose|silent|watch(?:All)?=false|no-watch|coverage(?:=false)?|no-coverage|bail(?:=\d+)?|colors?|no-colors?))$/,
	eslint: /^--(?:quiet|cache|color|no-color|max-warnings=\d+)$/,
	tsc: /^--(?:noEmit|pretty|skipLibCheck)$/,
	ruff: /^(?:check|-q|--(?:quiet|no-fix|no-cache|output-format=\w+))$/,
	mypy: /^--(?:pretty|no-error-summary|show-column-numbers|no-color-output)$/,
	flake8: /^(?:-q|--(?:quiet|show-source|statistics|count))$/,
};
/** The option that confines to tests by a part of their name, with the name behind it. */
const BY_NAME: Readonly<Record<string, RegExp>> = { pytest: /^-k$/, vitest: /^(?:-t|--testNamePattern)$/, jest: /^(?:-t|--testNamePattern)$/ };

/** `tool`: what a script of the package is known to run. Null where a shell, another environment or an unknown program may make it something else. */
export function readCommand(commandLine: string, tool: string): RunnerCommand | null {
	if (SHELL.test(commandLine)) return null;
	const words = [...commandLine.matchAll(WORDS)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
	const line = words.join(' ');
	const started = startOf(line);
	if (!started || (started.tool !== null && started.tool !== tool)) return null;
	const rest = words.slice(started.words);
	return { ...started, ...argumentsOf(rest[0] === '--' ? rest.slice(1) : rest, tool, started.tool !== null) };
}

function startOf(line: string): { readonly launcher: string; readonly tool: string | null; readonly words: number } | null {
	const python = /^((?:\S*\/)?(?:(?:uv|poetry|pipenv) run )?(?:python\d?(?:\.\d+)? -m )?)(?:(\S*\/))?(\w+)(?= |$)/.exec(line);
	const name = python?.[3] ?? '';
	if (python && PYTHON_TOOLS.includes(name)) return { launcher: `${python[1]}${python[2] ?? ''}${name}`, tool: name, words: python[0].split(' ').length };
	const [first = ''] = line.split(' ', 1);
	if (SCRIPT_TOOLS.includes(first)) return { launcher: first, tool: first, words: 1 };
	const ofPackage = PACKAGE.exec(line);
	const after = line.slice(ofPackage?.[0].length ?? 0);
	const [word = ''] = after.split(' ', 1);
	if (ofPackage && SCRIPT_TOOLS.includes(word))
		return { launcher: 'package', tool: word, words: line.slice(0, line.length - after.length + word.length).split(' ').length };
	const script = SCRIPT.exec(line);
	const scriptName = script?.[1] === 't' || script?.[1] === 'tst' ? 'test' : script?.[1];
	return script && !['install', 'i', 'ci', 'add', 'exec', 'run'].includes(scriptName ?? '')
		? { launcher: `package script ${scriptName}`, tool: null, words: script[0].split(' ').length }
		: null;
}

/** `isItself`: what the tool is given, and not what a script of which nobody knows the rest is given besides. */
function argumentsOf(words: readonly string[], tool: string, isItself: boolean): Pick<RunnerCommand, 'paths' | 'test' | 'isPlain'> {
	const paths: string[] = [];
	let test: string | null = null;
	let isPlain = HARMLESS[tool] !== undefined && (!isItself || ONCE[tool] === undefined || words.some((word) => ONCE[tool]?.test(word)));
	for (let index = 0; index < words.length; index++) {
		const word = words[index] ?? '';
		if (BY_NAME[tool]?.test(word)) {
			const name = words[++index] ?? '';
			isPlain &&= test === null && /^[\w :.-]+$/.test(name) && !/\b(?:and|or|not)\b/.test(name);
			test = name;
		} else if (HARMLESS[tool]?.test(word)) continue;
		else if (word.startsWith('-') || tool === 'tsc') isPlain = false;
		else paths.push(word);
	}
	if (tool === 'ruff' && isItself) isPlain &&= words[0] === 'check';
	return { paths, test, isPlain };
}
