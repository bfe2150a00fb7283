/** Lines that are looked at, the last ones, and characters of a line. */
const MAX_LINES = 400;
const MAX_LINE = 600;
const MAX_CHARACTERS = 64_000;

const ESCAPE = '\u001b';
const BELL = '\u0007';
/** To the first column: what was printed there is printed over. */
const LINE_START = new RegExp(`${ESCAPE}\\[(?:1?G|\\d{2,3}D|2K)`, 'g');
/** Control sequences: an operating system command with its text, colours and the cursor, a character set, and single ones. */
const SEQUENCES = new RegExp(`${ESCAPE}(?:\\][^${BELL}${ESCAPE}]{0,4096}(?:${BELL}|${ESCAPE}\\\\)|\\[[0-?]{0,64}[ -/]{0,8}[@-~]|[()*+][ -~]|[ -~])`, 'g');
/** Control characters that are left, but for tabs. */
const CONTROLS = /(?!\t)\p{Cc}/gu;
/** Of the address of a file, what comes before its path; a drive has a slash before it there. */
const FILE_ADDRESS = /\bfile:\/\/(?:\/(?=[A-Za-z]:)|(?=\/))/g;

/** What a terminal's output says, as the user read it: without colours, of what was printed over itself the last, and files by their paths. Only its end, long lines cut. */
export function cleanOutput(output: string): string[] {
	const text = output.slice(-MAX_CHARACTERS).replace(LINE_START, '\r').replace(SEQUENCES, '').replace(/\r+\n/g, '\n');
	return text
		.split('\n')
		.slice(-MAX_LINES)
		.map((line) => {
			const bare = line.replace(/\r+$/, '');
			return bare
				.slice(bare.lastIndexOf('\r') + 1)
				.replace(CONTROLS, '')
				.replace(FILE_ADDRESS, '')
				.trimEnd()
				.slice(0, MAX_LINE);
		});
}
