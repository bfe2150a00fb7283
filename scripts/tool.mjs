// `node scripts/setup.mjs scripts/tool.mjs NAME [ARGUMENTS]`: a command-line tool of the dependencies, under the newer Node.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './setup.mjs';

const ENTRIES = {
	biome: '@biomejs/biome/bin/biome',
	tsc: 'typescript/bin/tsc',
	vitest: 'vitest/vitest.mjs',
	vsce: '@vscode/vsce/vsce',
};

const [name, ...parameters] = process.argv.slice(2);
process.exitCode = spawnSync(process.execPath, [join(root, 'node_modules', ENTRIES[name]), ...parameters], { cwd: root, stdio: 'inherit' }).status ?? 1;
