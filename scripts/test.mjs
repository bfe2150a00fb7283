// `npm test`: builds, checks, and runs every test; the last line is `N passed, N failed[, N skipped]`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, said again before the last line: a log is often read from its end. */
const failures = [];
const reports = join(root, 'out/test');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

function run(title, parameters, environment = {}) {
	console.log(`\n== ${title}`);
	const start = Date.now();
	const { status } = spawnSync(process.execPath, parameters, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...environment } });
	console.log(`== ${title}: ${status === 0 ? 'done' : `exit code ${status}`}, ${Math.round((Date.now() - start) / 1_000)} s`);
	return status === 0;
}

/** A step without tests of its own counts as one. */
function check(title, parameters) {
	if (run(title, parameters)) totals.passed++;
	else totals.failed++;
}

const tool = (name) => join(root, 'node_modules', name);
check('build', ['esbuild.config.mjs']);
check('lint', [tool('@biomejs/biome/bin/biome'), 'ci', '--diagnostic-level=error', '--max-diagnostics=30', '.']);
check('typecheck', [tool('typescript/bin/tsc'), '-p', '.']);
check('typecheck of the page', [tool('typescript/bin/tsc'), '-p', 'src/webview']);
check('package', ['scripts/package.mjs']);

const unit = join(reports, 'unit.json');
const isUnitGreen = run('unit, contract, golden, flow, page, architecture and package tests', [
	tool('vitest/vitest.mjs'),
	'run',
	'--reporter=default',
	'--reporter=json',
	`--outputFile.json=${unit}`,
]);
count(unit, isUnitGreen, 'unit tests');

const host = join(reports, 'host.json');
const isHostGreen = run('tests in a real VS Code', ['scripts/host/test.mjs', host]);
count(host, isHostGreen, 'tests in a real VS Code');

/** Adds a report's figures; names every skipped test with its reason. A run that failed without a failed test counts as one failure. */
function count(file, isGreen, title) {
	let report;
	try {
		report = JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		console.log(`${title} gave no report`);
		totals.failed++;
		return;
	}
	totals.passed += report.numPassedTests;
	totals.failed += report.numFailedTests;
	if (!isGreen && report.numFailedTests === 0) {
		totals.failed++;
		const messages = report.testResults.filter(({ status }) => status === 'failed').map(({ name, message }) => `${name}: ${message}`);
		failures.push(`${title} ended with an error${messages.map((message) => `\n${message}`).join('')}`);
	}
	for (const result of report.testResults.flatMap(({ assertionResults }) => assertionResults)) {
		if (result.status === 'passed') continue;
		if (result.status === 'failed') {
			failures.push(`${result.fullName}\n${(result.failureMessages ?? [result.message]).join('\n')}`);
			continue;
		}
		totals.skipped++;
		console.log(`skipped: ${result.fullName}${result.reason ? ` (${result.reason})` : ''}`);
	}
}

console.log('');
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`);
process.exitCode = totals.failed === 0 ? 0 : 1;
