// What every script does first, on plain Node 20 and without dependencies: install what the lock file names, and find the runtime.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
const stamp = join(root, 'node_modules/.setup-stamp');
const NEEDED_MAJOR = 22;

/** Installs the dependencies unless node_modules is what the lock file says. No install script of any package runs. */
export function installDependencies() {
	const wanted = createHash('sha256')
		.update(readFileSync(join(root, 'package-lock.json')))
		.digest('hex');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
	console.log('Installing dependencies…');
	// Not `npm ci`: that refuses a lock file that lacks another platform's optional binaries, which `install` just adds.
	npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
	writeFileSync(stamp, wanted);
}

/** Runs npm in a folder, also on Windows. */
export function npm(parameters, cwd) {
	execFileSync('npm', parameters, { cwd, stdio: 'inherit', shell: process.platform === 'win32', env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' } });
}

/** A Node of version 22 or later: the one of the dependencies, else the one that runs this. */
export function findNode() {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const bundled = join(root, `node_modules/node-${platform}-${process.arch}/bin/node${process.platform === 'win32' ? '.exe' : ''}`);
	if (existsSync(bundled)) return bundled;
	if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
	throw new Error(`There is no Node ${NEEDED_MAJOR} package for ${process.platform} ${process.arch}: install Node ${NEEDED_MAJOR} or later and run this again.`);
}

/** Sets everything up, then runs this project's script under the newer Node with the same arguments. Returns its exit code. */
export function runScript(script, parameters = process.argv.slice(2), environment = {}) {
	installDependencies();
	const { status, signal } = spawnSync(findNode(), [join(root, script), ...parameters], {
		cwd: process.cwd(),
		stdio: 'inherit',
		env: { ...process.env, ...environment },
	});
	return status ?? (signal ? 130 : 1);
}

/** `node scripts/setup.mjs SCRIPT [ARGUMENTS]` is what the npm scripts call. */
if (process.argv[1] === import.meta.filename) {
	try {
		const [script, ...parameters] = process.argv.slice(2);
		if (script === undefined) installDependencies();
		else process.exitCode = runScript(script, parameters);
	} catch (error) {
		console.error(error.message);
		process.exitCode = 1;
	}
}
