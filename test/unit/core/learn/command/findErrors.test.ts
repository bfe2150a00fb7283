import { describe, expect, test } from 'vitest';
import { cleanOutput } from '#core/learn/command/cleanOutput';
import { findErrors, quotedErrors } from '#core/learn/command/findErrors';
import { printed } from '../../../../support/commands.ts';

/** Tool, code, message, test, place. */
type Told = readonly [tool: string, code: string, message: string, test: string | null, place: string | null];

const NULL_POINTER = 'Cannot invoke "java.lang.Integer.intValue()" because the return value of "java.util.Map.get(Object)" is null';
const FLAKE8: readonly Told[] = [
	['flake8', 'F401', "'os' imported but unused", null, 'lint.py:1'],
	['flake8', 'F821', "undefined name 'reslt'", null, 'lint.py:9'],
	['flake8', 'E203', "whitespace before ':'", null, 'lint.py:12'],
	['flake8', 'E305', 'expected 2 blank lines after class or function definition, found 0', null, 'lint.py:14'],
];

const EXPECTED: Readonly<Record<string, readonly Told[]>> = {
	'pytest': [
		['pytest', 'AssertionError', 'assert 2 == 2.5', 'test_half', 'test_shop.py:4'],
		['pytest', 'KeyError', "'price'", 'test_total', 'shop.py:2'],
	],
	'pytest-quiet': [
		['pytest', 'AssertionError', 'assert 2 == 2.5', 'test_half', 'test_shop.py:4'],
		['pytest', 'KeyError', "'price'", 'test_total', 'shop.py:2'],
	],
	'pytest-collect': [['pytest', 'ModuleNotFoundError', "No module named 'nupmy'", 'test_broken.py', 'test_broken.py:1']],
	'python': [['python', 'KeyError', "'price'", null, '/home/ada/shop/py/shop.py:2']],
	'python-import': [['python', 'ModuleNotFoundError', "No module named 'nupmy'", null, '/home/ada/shop/py/imports.py:1']],
	'python-syntax': [['python', 'SyntaxError', "expected ':'", null, '/home/ada/shop/py/syntax.py:1']],
	'node-type': [['node', 'TypeError', "Cannot read properties of undefined (reading 'reduce')", null, '/home/ada/shop/node/order.js:2']],
	'node-module': [['node', 'Error', "Cannot find module './parze'", null, '/home/ada/shop/node/missing.js:1']],
	'npm-script': [['node', 'TypeError', "Cannot read properties of undefined (reading 'reduce')", null, '/home/ada/shop/node/order.js:2']],
	'npm-missing': [['npm', '', 'Missing script: "biuld"', null, null]],
	'tsc': [
		['tsc', 'TS2322', "Type 'number' is not assignable to type 'string'.", null, 'ts/half.ts:2'],
		['tsc', 'TS2551', "Property 'lenght' does not exist on type 'string[]'. Did you mean 'length'?", null, 'ts/half.ts:4'],
	],
	'tsc-plain': [
		['tsc', 'TS2322', "Type 'number' is not assignable to type 'string'.", null, 'ts/half.ts:2'],
		['tsc', 'TS2551', "Property 'lenght' does not exist on type 'string[]'. Did you mean 'length'?", null, 'ts/half.ts:4'],
	],
	'mypy': [['mypy', 'return-value', 'Incompatible return value type (got "float", expected "str")', null, 'py/typed.py:4']],
	'ruff': [['ruff', 'F401', '`os` imported but unused', null, 'py/typed.py:1']],
	'ruff-concise': [['ruff', 'F401', '`os` imported but unused', null, 'py/typed.py:1']],
	'eslint': [
		['eslint', 'no-var', 'Unexpected var, use let or const instead', null, '/home/ada/shop/src/half.js:1'],
		['eslint', 'no-unused-vars', "'rest' is defined but never used", null, '/home/ada/shop/src/half.js:3'],
	],
	'vitest': [
		['vitest', 'AssertionError', 'expected 2 to be 3 // Object.is equality', 'half > of six is three', 'half.test.ts:4'],
		['vitest', 'TypeError', "Cannot read properties of undefined (reading 'lines')", 'half > reads the lines', 'half.test.ts:5'],
	],
	'jest': [
		['jest', 'AssertionError', 'expect(received).toBe(expected) // Object.is equality', 'half › of six is three', 'half.test.js:4'],
		['jest', 'TypeError', "Cannot read properties of undefined (reading 'lines')", 'half › reads the lines', 'half.test.js:7'],
	],
	'cargo-build': [['rustc', 'E0308', 'mismatched types', null, 'src/main.rs:2']],
	'cargo-test': [['rust', 'panic', 'assertion `left == right` failed', 'tests::halves', 'src/lib.rs:11']],
	'go-build': [
		['go', '', 'cannot use "three" (untyped string constant) as int value in variable declaration', null, './main.go:4'],
		['go', '', 'undefined: fmt', null, './main.go:5'],
	],
	'go-test': [['go test', '', 'Half(6) = 2, want 3', 'TestHalf', 'half_test.go:7']],
	'go-panic': [['go', 'panic', 'runtime error: index out of range [3] with length 0', null, '/home/ada/shop/go/main.go:7']],
	'gcc': [
		['gcc', '', 'expected ‘,’ or ‘;’ before ‘printf’', null, 'c/half.c:4'],
		['gcc', '', '‘totl’ undeclared (first use in this function)', null, 'c/half.c:5'],
	],
	'ld': [['ld', '', "undefined reference to 'halve'", null, 'link.c']],
	'javac': [
		['javac', '', 'incompatible types: int cannot be converted to String', null, 'java/Half.java:2'],
		['javac', '', "cannot find symbol: method 'hlf(int)'", null, 'java/Half.java:3'],
	],
	'java': [['java', 'ArrayIndexOutOfBoundsException', 'Index 0 out of bounds for length 0', null, 'Run.java:2']],
	'mvn-test': [
		['junit', 'AssertionFailedError', 'expected: <2.5> but was: <2.0>', 'OrderTest.halvesAnOddAmount', 'shop/OrderTest.java:12'],
		['junit', 'NullPointerException', NULL_POINTER, 'OrderTest.sumsTheLines', 'shop/Order.java:14'],
	],
	'mvn-test-old': [
		['junit', 'AssertionFailedError', 'expected: <2.5> but was: <2.0>', 'OrderTest.halvesAnOddAmount', 'shop/OrderTest.java:12'],
		['junit', 'NullPointerException', NULL_POINTER, 'OrderTest.sumsTheLines', 'shop/OrderTest.java:17'],
	],
	'mvn-compile': [
		['javac', '', 'incompatible types: int cannot be converted to String', null, '/home/ada/shop/mvn/src/main/java/shop/Order.java:18'],
		['javac', '', "cannot find symbol: method 'hlf(String)'", null, '/home/ada/shop/mvn/src/main/java/shop/Order.java:19'],
	],
	'mvn-phase': [['maven', '', 'Unknown lifecycle phase "tset".', null, null]],
	'gradle-test': [
		['junit', 'AssertionError', '', 'OrderTest.halvesAnOddAmount', 'shop/OrderTest.java:12'],
		['junit', 'NullPointerException', '', 'OrderTest.sumsTheLines', 'shop/OrderTest.java:17'],
	],
	'gradle-test-full': [
		['junit', 'AssertionError', 'expected:<2.5> but was:<2.0>', 'OrderTest.halvesAnOddAmount', 'shop/OrderTest.java:12'],
		['junit', 'NullPointerException', '', 'OrderTest.sumsTheLines', 'shop/Order.java:14'],
	],
	'gradle-build': [
		['javac', '', 'incompatible types: int cannot be converted to String', null, '/home/ada/shop/gradle/src/main/java/shop/Order.java:18'],
		['javac', '', "cannot find symbol: method 'hlf(String)'", null, '/home/ada/shop/gradle/src/main/java/shop/Order.java:19'],
	],
	'gradle-script': [
		[
			'gradle',
			'',
			"Could not find method aply() for arguments [{plugin=war}] on root project 'gradle' of type org.gradle.api.Project.",
			null,
			'/home/ada/shop/gradle/bad.gradle:1',
		],
	],
	'flake8': [
		['flake8', 'E999', 'SyntaxError: invalid syntax', null, 'broken.py:1'],
		['flake8', 'F401', "'os' imported but unused", null, 'lint.py:1'],
		['flake8', 'F821', "undefined name 'reslt'", null, 'lint.py:9'],
		['flake8', 'E203', "whitespace before ':'", null, 'lint.py:12'],
		['flake8', 'E305', 'expected 2 blank lines after class or function definition, found 0', null, 'lint.py:14'],
	],
	'flake8-source': FLAKE8,
	'flake8-pylint': FLAKE8,
	'bash-missing': [['shell', '', "command not found: 'pytst'", null, null]],
};

describe('errors in what a command printed', () => {
	test('are of a test in a file, where the runner tells which', () => {
		const files = (name: string) => findErrors(cleanOutput(printed(name))).map(({ testPath }) => testPath);
		expect(files('pytest')).toEqual(['test_shop.py', 'test_shop.py']);
		expect(files('pytest-collect')).toEqual(['test_broken.py']);
		expect(files('vitest')).toEqual(['half.test.ts', 'half.test.ts']);
		expect(files('jest')).toEqual(['./half.test.js', './half.test.js']);
		expect(files('tsc')).toEqual([undefined, undefined]);
	});

	test.each(Object.keys(EXPECTED))('%s', (name) => {
		const told = findErrors(cleanOutput(printed(name))).map(({ tool, code, message, test: which, path, line }) => [
			tool,
			code,
			message,
			which,
			path === null ? null : line === null ? path : `${path}:${line}`,
		]);
		expect(told).toEqual(EXPECTED[name]);
	});

	test('of a program that nobody knows are the last line that calls itself one', () => {
		const lines = ['warming up', 'error: the oven is cold', 'deploy: Error: no such shop 12', 'done'];
		expect(findErrors(lines)).toEqual([]);
		expect(findErrors(lines, 'deploy')).toMatchObject([{ tool: 'deploy', message: 'deploy: Error: no such shop 12', at: 2 }]);
	});

	test('are none in what says nothing of errors', () => {
		for (const lines of [[], [''], ['3 files changed, 2 insertions(+)'], ['No errors found.', 'All 12 tests passed'], ['src/a.ts', 'src/errorHandling.ts']]) {
			expect(findErrors(lines, 'grep')).toEqual([]);
		}
	});

	test('are a few kinds, each once, however much was printed', () => {
		const lines = Array.from({ length: 300 }, (_, index) => `src/f${index}.ts(${index},1): error TS2304: Cannot find name 'n${index}'.`);
		expect(findErrors(lines)).toHaveLength(1);
		expect(findErrors(Array.from({ length: 300 }, (_, index) => `a.c:${index}: error: ${'never '.repeat(index + 1)}again`))).toHaveLength(5);
	});

	test('are read in time from lines that were made to take long', () => {
		const hostile = [
			'a.'.repeat(300),
			`${'x/'.repeat(280)}y.c:1`,
			`thread '${"'".repeat(500)}`,
			'_'.repeat(600),
			`E ${'A.'.repeat(290)}`,
			`npm error ${' '.repeat(580)}`,
			`${'a > '.repeat(148)} FAILED`,
			`[ERROR] ${'a.'.repeat(290)}`,
			`    ${'a.'.repeat(290)}A`,
			`	at ${'a.'.repeat(290)}`,
			`[ERROR] ${' '.repeat(300)}Time elapsed: ${'<'.repeat(250)}`,
		];
		expect(findErrors(cleanOutput(Array.from({ length: 400 }, (_, index) => hostile[index % hostile.length]).join('\n')), 'x')).toEqual([]);
	});
});

describe('errors that a question quotes', () => {
	test('are found in a pasted output between words', () => {
		const question = ['Why does this fail?', '```', ...cleanOutput(printed('go-build')), '```', 'It worked yesterday.'];
		expect(quotedErrors(question).map(({ message }) => message)).toEqual(EXPECTED['go-build']?.map(([, , message]) => message));
	});

	test('are found in a single line of it, of whatever tool', () => {
		expect(quotedErrors(["I get KeyError: 'price' here"])).toMatchObject([{ tool: '', code: 'KeyError', message: "'price' here" }]);
		expect(quotedErrors(["`TypeError: Cannot read properties of null (reading 'x')`"])).toMatchObject([
			{ tool: '', code: 'TypeError', message: "Cannot read properties of null (reading 'x')" },
		]);
		expect(quotedErrors(['How does error handling work?', 'See Errors: a guide'])).toEqual([]);
	});
});
