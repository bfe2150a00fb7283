// Loaded before a program that a bench started with --expose-gc and an IPC channel: answers what memory and time the process takes.
import { isMainThread } from 'node:worker_threads';

// Its workers load this too.
if (isMainThread) {
	process.on('message', ({ collect }) => {
		if (collect) globalThis.gc();
		const { rss, heapUsed, external } = process.memoryUsage();
		const { user, system } = process.cpuUsage();
		process.send({ rssMb: rss / 1e6, heapMb: (heapUsed + external) / 1e6, cpuSeconds: (user + system) / 1e6 });
	});
	process.channel.unref();
}
