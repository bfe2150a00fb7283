// `npm start [-- PATH] [--host=desktop|browser]` opens a VS Code with the extension; `npm start -- --ask "QUESTION" [PATH]` answers in the terminal;
// with --discover by a model server of this machine, else with the code found.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './setup.mjs';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { host: { type: 'string' }, ask: { type: 'string' }, discover: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help || (values.host && !['desktop', 'browser'].includes(values.host))) {
	console.log('npm start [-- PATH] [--host=desktop|browser]\nnpm start -- --ask "QUESTION" [PATH] [--discover]   (--discover looks for model servers on this machine)');
	process.exit(values.help ? 0 : 2);
}
// npm runs scripts in the package's folder; a relative path means the folder where the user is.
const workspace = positionals[0] ? resolve(process.env.INIT_CWD ?? '.', positionals[0]) : join(root, 'sample');
if (!existsSync(workspace) || !statSync(workspace).isDirectory()) {
	console.error(`There is no folder ${workspace}. Name a folder: npm start -- PATH`);
	process.exit(2);
}

execFileSync(process.execPath, [join(root, 'esbuild.config.mjs')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
if (values.ask !== undefined) {
	const { status } = spawnSync(
		process.execPath,
		['--no-warnings', join(root, 'dist/cli.mjs'), 'ask', values.ask, '--workspace', workspace, ...(values.discover ? ['--discover'] : [])],
		{ stdio: 'inherit' },
	);
	process.exit(status ?? 1);
}

const hasDesktop = spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0;
if (values.host === 'desktop' && !hasDesktop) {
	console.error('There is no `code` on the PATH. Install VS Code’s shell command, or use --host=browser.');
	process.exit(1);
}
if (values.host !== 'browser' && hasDesktop) {
	execFileSync('code', ['--new-window', `--extensionDevelopmentPath=${root}`, workspace], { stdio: 'inherit', shell: process.platform === 'win32' });
	console.log(`VS Code opens ${workspace} with the extension.`);
} else {
	const { hostUnavailable, installHost } = await import('./host/install.mjs');
	const reason = hostUnavailable();
	if (reason) {
		console.error(`No VS Code can be opened: there is no \`code\` on the PATH, and ${reason}.`);
		process.exit(1);
	}
	installHost();
	const { startHost } = await import('./host/host.mjs');
	const password = randomBytes(9).toString('base64url');
	// Empty: the platform's own folder, so that the index is still there the next time.
	const environment = { HYBRID_DATA_DIRECTORY: process.env.HYBRID_DATA_DIRECTORY ?? '', XDG_DATA_HOME: process.env.XDG_DATA_HOME ?? '' };
	const host = await startHost({ workspace, isCopied: false, links: [root], isTestDriver: false, isTrusted: false, password, environment });
	console.log(
		`\nVS Code with the extension on ${workspace}:\n\n    ${host.url()}\n    password: ${password}\n\nOpen the address in a browser on this machine. Ctrl+C ends it.`,
	);
	for (const signal of ['SIGINT', 'SIGTERM']) {
		process.once(signal, async () => {
			await host.stop();
			process.exit(0);
		});
	}
}
