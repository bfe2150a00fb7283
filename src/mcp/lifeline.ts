/** How often the parent is looked after. */
const LOOK_MS = 1_000;

/**
 * Calls `onEnd` once when nobody is there to ask any more: standard input has ended, or the parent is gone, which a process that inherited
 * the pipe could hide. Reads nothing from standard input.
 */
export function watchLifeline(onEnd: (reason: string) => void, options: { readonly stdin?: NodeJS.ReadableStream; readonly lookMs?: number } = {}): void {
	const { stdin = process.stdin, lookMs = LOOK_MS } = options;
	const parent = process.ppid;
	let isOver = false;
	const end = (reason: string) => {
		if (isOver) return;
		isOver = true;
		clearInterval(timer);
		onEnd(reason);
	};
	const timer = setInterval(() => {
		if (process.ppid !== parent || !isAlive(parent)) end('the parent is gone');
	}, lookMs);
	stdin.once('end', () => end('standard input ended'));
	stdin.once('close', () => end('standard input was closed'));
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end(signal));
}

function isAlive(processId: number): boolean {
	try {
		process.kill(processId, 0);
		return true;
	} catch (error) {
		// A process of somebody else is alive as well.
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
