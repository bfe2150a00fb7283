import { describe, expect, it } from 'vitest';
import { CommitLog } from '#node/commitLog';

const HASH = 'a1'.repeat(20);
const printed = (...fields: readonly string[]) => Buffer.from(fields.map((field) => `${field}\0`).join(''));

/** All commits of an output that comes in pieces of some bytes. */
function read(output: Buffer, pieceBytes = output.length) {
	const log = new CommitLog();
	const commits = [];
	for (let at = 0; at < output.length; at += pieceBytes) commits.push(...log.push(output.subarray(at, at + pieceBytes)));
	return [...commits, ...log.end()];
}

describe('a log of commits', () => {
	const output = printed(HASH, 'Fix ü\n\nBody\n', '', '\nM', 'src/ä.ts', 'R100', 'old.ts', 'new.ts', 'D', 'gone.ts', HASH, '', '', '\nA', 'b.ts');
	const commits = [
		{
			message: 'Fix ü\n\nBody\n',
			files: [
				{ path: 'src/ä.ts', from: null },
				{ path: 'new.ts', from: 'old.ts' },
			],
		},
		{ message: '', files: [{ path: 'b.ts', from: null }] },
	];

	it('is the same in whatever pieces it comes', () => {
		for (const bytes of [1, 2, 3, 7, output.length]) expect(read(output, bytes)).toEqual(commits);
	});

	it('takes no message and no path for anything else', () => {
		const hostile = printed(HASH, `${HASH}\n\nM\nR100`, '', '\nM', HASH, 'M', 'A', HASH, HASH, '', '\nA', 'R100');
		expect(read(hostile)).toEqual([
			{
				message: `${HASH}\n\nM\nR100`,
				files: [
					{ path: HASH, from: null },
					{ path: 'A', from: null },
				],
			},
			{ message: HASH, files: [{ path: 'R100', from: null }] },
		]);
	});

	it('keeps the beginning of a message of megabytes, and no path that no file can have', () => {
		const [commit] = read(printed(HASH, 'x'.repeat(5_000_000), '', '\nM', 'y'.repeat(100_000), 'M', 'z.ts'), 65_536);
		expect(commit?.message).toBe('x'.repeat(4_096));
		expect(commit?.files).toEqual([{ path: 'z.ts', from: null }]);
	});

	it('says nothing of a commit that was not printed to its end', () => {
		const log = new CommitLog();
		expect(log.push(printed(HASH, 'first', '', '\nM', 'a.ts', HASH, 'second', '', '\nM'))).toEqual([{ message: 'first', files: [{ path: 'a.ts', from: null }] }]);
	});

	it('reads what git never prints without failing', () => {
		expect(read(Buffer.from([0xff, 0xfe, 0, 0, 0x4d, 0, 0x61]))).toEqual([]);
		expect(read(printed('M', 'a.ts', 'fatal: bad object'))).toEqual([]);
	});
});
