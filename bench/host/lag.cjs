// Runs in the extension host: measures how late its event loop is, first at rest, then while the workspace is indexed.
const fs = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const vscode = require('vscode');

const RESOLUTION_MS = 1;
const REST_MS = 5_000;

async function measure(work) {
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delay.enable();
	await work();
	delay.disable();
	// The histogram holds the whole interval of the timer; what is beyond the resolution is the delay.
	const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
	return { p50Ms: late(delay.percentile(50)), p99Ms: late(delay.percentile(99)), maxMs: late(delay.max) };
}

exports.run = async () => {
	const { client } = await vscode.extensions.getExtension('hybrid-coordinator.hybrid-coordinator').activate();
	const rest = await measure(() => new Promise((resolve) => setTimeout(resolve, REST_MS)));
	const start = Date.now();
	const indexing = await measure(() => client.request('index/start', null));
	const seconds = (Date.now() - start) / 1_000;
	const { files, chunks } = client.status.folders[0];
	fs.writeFileSync(process.env.LAG_OUT, JSON.stringify({ rest, indexing, seconds, files, chunks }));
};
