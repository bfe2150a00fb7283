// A browser for the tests in the real VS Code: found on the PATH, else installed with the system's package manager, else by Playwright.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { hostFolder } from './install.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const INSTALLERS = [
	[
		'apt-get',
		[
			['apt-get', 'update'],
			['apt-get', 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
		],
	],
	['dnf', [['dnf', 'install', '-y', 'chromium']]],
	['pacman', [['pacman', '-S', '--noconfirm', 'chromium']]],
	['apk', [['apk', 'add', 'chromium']]],
];

/** Path of a browser, or the reason why there is none. */
export function findBrowser() {
	const known = process.env.CHROMIUM ?? onPath(NAMES);
	if (known) return { path: known };
	const reasons = ['no Chromium on the PATH'];
	const installer = INSTALLERS.find(([command]) => onPath([command]));
	if (installer) {
		const prefix = process.getuid?.() === 0 ? [] : spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : null;
		if (prefix === null) reasons.push(`${installer[0]} needs the rights of root`);
		else {
			console.log(`Installing Chromium with ${installer[0]}…`);
			const failed = installer[1].find((step) => {
				const [command, ...parameters] = [...prefix, ...step];
				return spawnSync(command, parameters, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status !== 0;
			});
			const installed = onPath(NAMES);
			if (installed) return { path: installed };
			reasons.push(failed ? `“${failed.join(' ')}” failed` : `${installer[0]} has none`);
		}
	}
	try {
		const require = createRequire(join(hostFolder, 'package.json'));
		execFileSync(process.execPath, [join(require.resolve('playwright-core/package.json'), '../cli.js'), 'install', 'chromium'], { stdio: 'ignore', timeout: 120_000 });
		const path = require('playwright-core').chromium.executablePath();
		if (existsSync(path)) return { path };
	} catch {}
	reasons.push('Playwright could not download one');
	return { reason: reasons.join('; ') };
}

function onPath(names) {
	for (const name of names) {
		for (const folder of (process.env.PATH ?? '').split(delimiter)) {
			try {
				accessSync(join(folder, name), constants.X_OK);
				return join(folder, name);
			} catch {}
		}
	}
	return null;
}
