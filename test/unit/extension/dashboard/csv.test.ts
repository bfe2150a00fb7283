import { expect, it } from 'vitest';
import { figuresCsv, recordsToCsv, toCsv } from '#extension/dashboard/csv';
import { dashboardData, NO_CALLS, NO_QUESTIONS } from '../../../support/dashboardData.ts';

it('writes what RFC 4180 says, and no text that a spreadsheet would run', () => {
	expect(
		toCsv(
			['a', 'b'],
			[
				['x,y', 'say "hi"'],
				[null, 'two\nlines'],
				[1.5, true],
			],
		),
	).toBe('a,b\r\n"x,y","say ""hi"""\r\n,"two\nlines"\r\n1.5,true\r\n');
	expect(toCsv(['a'], [['=HYPERLINK("x")'], ['+1'], ['-1'], ['@sum'], [-1]])).toBe('a\r\n"\'=HYPERLINK(""x"")"\r\n\'+1\r\n\'-1\r\n\'@sum\r\n-1\r\n');
	expect(recordsToCsv([{ id: 'a', costUsd: null, isRemote: false }])).toBe('id,costUsd,isRemote\r\na,,false\r\n');
	expect(recordsToCsv([])).toBe('\r\n');
});

it('has a line for each period and one for all of them, in plain numbers', () => {
	const questions = { ...NO_QUESTIONS, asked: 3, localUsd: 0.000_000_12 };
	const data = dashboardData({ questions, remote: { ...NO_CALLS, calls: 2 } });
	const [head = '', period = '', total = ''] = figuresCsv(data).split('\r\n');
	const at = (line: string, name: string) => line.split(',')[head.split(',').indexOf(name)];
	expect([at(total, 'questions.asked'), at(total, 'questions.localUsd'), at(total, 'remote.calls')]).toEqual(['3', '1.2e-7', '2']);
	expect([at(period, 'from'), at(period, 'to'), at(period, 'questions.asked')]).toEqual(['2026-11-25T00:00:00.000Z', '2026-11-26T00:00:00.000Z', '0']);
});
