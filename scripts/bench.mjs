// `npm run -s bench -- NAME [OPTIONS]`: runs one bench; its last line is one JSON object.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './setup.mjs';

const [name, ...parameters] = process.argv.slice(2);
const file = join(root, 'bench', `${name}.ts`);
if (!name || !existsSync(file)) {
	const names = readdirSync(join(root, 'bench'))
		.filter((entry) => entry.endsWith('.ts'))
		.map((entry) => entry.slice(0, -3));
	console.error(`Usage: npm run -s bench -- NAME [OPTIONS]\nBenches: ${names.join(', ')}`);
	process.exit(2);
}
execFileSync(process.execPath, [join(root, 'esbuild.config.mjs')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const { run } = await import(pathToFileURL(file).href);
const result = await run(parameters);
const commit = (() => {
	try {
		return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
	} catch {
		return 'unknown';
	}
})();
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
console.log(JSON.stringify({ bench: name, ...result, machine, commit }));
process.exit(0);
