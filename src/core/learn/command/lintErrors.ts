import { type ErrorFinder, type FoundError, found, place, within } from './foundError.ts';

const ESLINT_FILE = /^((?:[A-Za-z]:)?[^\s:]{1,300}\.\w{1,6})$/;
const ESLINT_ROW = /^\s{2,}(\d+):\d+\s+error\s+(\S.*?)(?:\s{2,}(\S+))?$/;
const RUFF = /^([A-Z]{1,5}\d{2,4}) (?:\[\*\] )?(\S.*)$/;
const RUFF_PLACE = /^\s*--> (.+?):(\d+):\d+$/;
const RUFF_CONCISE = /^(\S{1,300}\.(?:pyi?|ipynb)):(\d+):\d+: ([A-Z]{1,5}\d{2,4}) (?:\[\*\] )?(\S.*)$/;

/** ESLint and ruff, in the forms that they print by themselves, and ruff in its concise one. */
export const lintErrors: ErrorFinder = (lines) => {
	let file: string | null = null;
	return lines.flatMap((line, at): FoundError[] => {
		file = ESLINT_FILE.exec(line)?.[1] ?? (line.trim() === '' ? null : file);
		const row = file === null ? null : ESLINT_ROW.exec(line);
		if (row && file !== null) return [found(at, 'eslint', row[2] ?? '', { code: row[3] ?? '', ...place(file, row[1]) })];
		const concise = RUFF_CONCISE.exec(line);
		if (concise) return [found(at, 'ruff', concise[4] ?? '', { code: concise[3] ?? '', ...place(concise[1], concise[2]) })];
		const ruff = RUFF.exec(line);
		const where = ruff && within(lines, at + 1, 2, RUFF_PLACE);
		return ruff && where ? [found(at, 'ruff', ruff[2] ?? '', { code: ruff[1] ?? '', ...place(where[1], where[2]) })] : [];
	});
};
