// A parent whose child inherits a pipe that outlives it: argv is the bundle and its words. Says the child's id.
import { spawn } from 'node:child_process';

const [bundle, ...words] = process.argv.slice(2);
const child = spawn(process.execPath, ['--no-warnings', bundle, ...words], { stdio: ['inherit', 'ignore', 'ignore'] });
process.stdout.write(`${child.pid}\n`);
setInterval(() => undefined, 1_000);
