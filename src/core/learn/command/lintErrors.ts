import { type ErrorFinder, type FoundError, found, place, within } from './foundError.ts';

const ESLINT_FILE = /^((?:[A-Za-z]:)?[^\s:]{1,300}\.\w{1,6})$/;
const ESLINT_ROW = /^\s{2,}(\d+):\d+\s+error\s+(\S.*?)(?:\s{2,}(\S+))?$/;
const RUFF = /^([A-Z]{1,5}\d{2,4}) (?:\[\*\] )?(\S.*)$/;
const RUFF_PLACE = /^\s*--> (.+?):(\d+):\d+$/;
/** flake8 too, and in the form of pylint. */
const PYTHON_LINE = /^(\S{1,300}\.(?:pyi?|ipynb)):(\d+):(?:\d+: ([A-Z]{1,5}\d{2,4})| \[([A-Z]{1,5}\d{2,4})\]) (?:\[\*\] )?(\S.*)$/;
/** What ruff says and flake8 does not. */
const OF_RUFF = /^Found \d+ errors?\.|: [A-Z]+\d+ (?:\[\*\] |.*`)/;

/** ESLint, ruff and flake8, in the forms that they print by themselves, ruff in its concise one and flake8 in pylint's. */
export const lintErrors: ErrorFinder = (lines) => {
	let file: string | null = null;
	const liner = lines.some((line) => OF_RUFF.test(line)) ? 'ruff' : 'flake8';
	return lines.flatMap((line, at): FoundError[] => {
		file = ESLINT_FILE.exec(line)?.[1] ?? (line.trim() === '' ? null : file);
		const row = file === null ? null : ESLINT_ROW.exec(line);
		if (row && file !== null) return [found(at, 'eslint', row[2] ?? '', { code: row[3] ?? '', ...place(file, row[1]) })];
		const python = PYTHON_LINE.exec(line);
		if (python) return [found(at, liner, python[5] ?? '', { code: python[3] ?? python[4] ?? '', ...place(python[1], python[2]) })];
		const ruff = RUFF.exec(line);
		const where = ruff && within(lines, at + 1, 2, RUFF_PLACE);
		return ruff && where ? [found(at, 'ruff', ruff[2] ?? '', { code: ruff[1] ?? '', ...place(where[1], where[2]) })] : [];
	});
};
