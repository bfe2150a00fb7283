import { expect, test } from 'vitest';
import { exportLines } from '#extension/views/exportLines';

const t = (text: string, ...values: number[]) => text.replace('{0}', String(values[0]));
const counts = { 'skills-patterns': 2, 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 0 };

test('an export tells what is left out, what was blanked, and what a fix loses', () => {
	expect(exportLines({ counts, redactions: 0, omitted: { localOnly: 0, unfit: 0 } }, t)).toEqual(['No secret was found in it.']);
	const lines = exportLines({ counts: { ...counts, 'error-solutions': 1 }, redactions: 3, omitted: { localOnly: 4, unfit: 5 } }, t);
	expect(lines).toEqual([
		'Secrets that were blanked: 3',
		expect.stringContaining('as words'),
		expect.stringMatching(/stay on this machine: 4$/),
		expect.stringMatching(/too large or damaged: 5$/),
	]);
});
