import { describe, expect, test } from 'vitest';
import type { CommandError } from '#core/domain/commandRun';
import { covers } from '#core/learn/command/coveringRun';

const at = (more: Partial<CommandError>): CommandError => ({ tool: 'pytest', code: 'KeyError', message: "'price'", test: null, path: null, line: null, ...more });
const pytest = at({ test: 'test_total', testPath: '/w/tests/test_shop.py', path: '/w/shop.py', line: 2 });
const vitest = at({ tool: 'vitest', test: 'half > of six is three', testPath: '/w/test/half.test.ts', path: '/w/src/half.ts' });
const jest = { ...vitest, tool: 'jest', test: 'half › of six is three' };
const eslint = at({ tool: 'eslint', code: 'no-var', path: '/w/src/half.js', line: 1 });
const tsc = { ...eslint, tool: 'tsc', path: '/w/src/half.ts' };

/** What failed, what passed, of which error; both in `/w` unless the case says where. */
type Case = readonly [failed: string, passed: string, error: CommandError, where?: string];

const isCovered = (failed: string, passed: string, error: CommandError, where = '/w') =>
	covers({ commandLine: passed, cwd: where }, { commandLine: failed, cwd: '/w' }, error);

describe('a command that passed', () => {
	const covering: readonly Case[] = [
		['pytest', 'pytest -x tests/test_shop.py', pytest],
		['pytest', 'pytest tests -q --tb=short', pytest],
		['pytest -q', 'pytest tests/test_shop.py::test_total', pytest],
		['pytest', 'pytest --lf', pytest],
		['pytest', 'pytest -k total', pytest],
		['pytest', 'pytest ../tests/test_shop.py', pytest, '/w/src'],
		['pytest tests/test_shop.py -x', 'pytest -v ./tests/', pytest],
		['python3 -m pytest', 'python3 -m pytest -x', pytest],
		['.venv/bin/pytest', '.venv/bin/pytest /w/tests/test_shop.py', pytest],
		['npm test', 'npx vitest run test/half.test.ts', vitest],
		['npm test', 'npx vitest run half', vitest],
		['npm test', 'pnpm exec vitest --run', vitest],
		['npm test', 'npm test -- --watch=false', vitest],
		['npm run test', 'npm t -- test/half.test.ts', vitest],
		['npm test', './node_modules/.bin/vitest run -t "half of six"', vitest],
		['yarn test', 'yarn jest test/half.test.ts --ci', jest],
		['npx jest', "npx jest -t 'of six is three'", jest],
		['npm run lint', 'npx eslint src', eslint],
		['npx eslint .', 'npx eslint src/half.js --quiet', eslint],
		['npm run build', 'npx tsc --noEmit', tsc],
		['tsc', 'tsc --noEmit', tsc],
	];
	test.each(covering.map((given) => [given[0], given[1], given] as const))('after %s, %s has run what failed', (_failed, _passed, given) =>
		expect(isCovered(...given)).toBe(true),
	);

	const other: readonly Case[] = [
		['pytest', 'pytest tests/test_other.py', pytest],
		['pytest', 'pytest tests/test_shop.py::test_half', pytest],
		['pytest', 'pytest tests/test_sho', pytest],
		['pytest', 'pytest -k half', pytest],
		['pytest', 'pytest -k "not total"', pytest],
		['pytest', 'pytest -m fast', pytest],
		['pytest', 'pytest --collect-only', pytest],
		['pytest', 'pytest', pytest, '/w/tests'],
		['pytest', 'pytest tests/test_shop.py', { ...pytest, testPath: '/elsewhere/tests/test_shop.py' }],
		['pytest tests/test_shop.py', 'pytest', pytest],
		['pytest --runslow', 'pytest tests/test_shop.py', pytest],
		['pytest', '.venv/bin/pytest', pytest],
		['pytest', 'pytest tests/test_shop.py || true', pytest],
		['pytest', 'pytest tests/*.py', pytest],
		['pytest', 'DEBUG=1 pytest', pytest],
		['pytest', 'python shop.py', pytest],
		['pytest', 'ruff check', pytest],
		['npm test', 'npm run test:unit', vitest],
		['npm test', 'npm run build', vitest],
		['npm test', 'npm install', vitest],
		['npm test', 'npx vitest', vitest],
		['npm test', 'npx vitest run other', vitest],
		['npm test', 'npx vitest run -t "reads the lines"', vitest],
		['npm test', 'npx vitest run --passWithNoTests half', vitest],
		['npm test', 'npx vitest run half -u', vitest],
		['npm test', 'npx jest half', vitest],
		['npm run lint', 'npx eslint --fix src', eslint],
		['npm run lint', 'npx eslint test', eslint],
		['npx tsc', 'npx tsc src/half.ts', tsc],
		['make', 'make check', { ...tsc, tool: 'make' }],
	];
	test.each(other.map((given) => [given[0], given[1], given] as const))('after %s, %s says nothing of it', (_failed, _passed, given) =>
		expect(isCovered(...given)).toBe(false),
	);
});
