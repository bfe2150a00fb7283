import { once } from 'node:events';
import { CoordinatorError } from '#core/base/errors';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from './assets.ts';

/** `sqlJsOpener.ts PATH`: waits for a line, opens, says `open` or the error's code, and holds what it has until its input ends. */
const [path = ''] = process.argv.slice(2);
const engine = createSqliteEngine({ assetsPath: assetsPath(), prefer: 'sql.js' });
process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
	const database = await engine.open(path);
	process.stdout.write('open\n');
	await once(process.stdin, 'end');
	database.close();
} catch (error) {
	process.stdout.write(`${CoordinatorError.is(error) ? error.code : String(error)}\n`);
	await once(process.stdin, 'end');
}
