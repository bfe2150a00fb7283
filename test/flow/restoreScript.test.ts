import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/assets.ts';
import { temporaryFolder } from '../support/workspace.ts';

/** Runs the script of the repository where `docker` notes what it is told, and fails at what has `failing` in it. */
function restore(failing: string | null) {
	using folder = temporaryFolder();
	folder.write({
		'docker': `#!/bin/sh\ncat > /dev/null\necho "$*" >> ${folder.join('told')}\ncase "$*" in *'${failing ?? 'nothing at all'}'*) exit 7 ;; esac\n`,
		'kept/postgres.dump': 'dump',
		'kept/coordinator/knowledge.db': '',
		'kept/qdrant/collections.json': '',
	});
	chmodSync(folder.join('docker'), 0o755);
	const environment = { ...process.env, PATH: `${folder.path}:${process.env.PATH}` };
	const ran = spawnSync('sh', ['scripts/restore.sh', folder.join('kept')], { cwd: join(repositoryRoot, 'deploy'), env: environment, encoding: 'utf8', input: '' });
	const told = readFileSync(folder.join('told'), 'utf8').trim().split('\n');
	return { status: ran.status, said: ran.stderr, steps: told.map((line) => line.replace(/^compose (\w+).*$/s, '$1')), last: told.at(-1) };
}

describe('the script that restores a back-up', () => {
	it('stops the coordinator meanwhile and starts it afterwards', () => {
		expect(restore(null)).toMatchObject({ status: 0, said: '', steps: ['stop', 'exec', 'run', 'start'] });
	});

	it('starts the coordinator again where it fails before anything was changed', () => {
		for (const failing of ['stop coordinator', 'pg_restore']) {
			const { status, said, last } = restore(failing);
			expect([status, last]).toEqual([7, 'compose start coordinator']);
			expect(said).toContain('nothing was changed');
		}
	});

	it('leaves it stopped where only a part was restored, and says what to do', () => {
		const { status, said, steps } = restore('compose run');
		expect([status, steps]).toEqual([7, ['stop', 'exec', 'run']]);
		expect(said).toContain('after this was restored: PostgreSQL.');
		expect(said).toContain('docker compose start coordinator');
	});

	it('says that everything is restored where the coordinator does not start', () => {
		const { status, said } = restore('start coordinator');
		expect(status).toBe(7);
		expect(said).toContain('after this was restored: everything.');
	});

	it('fails where the folder is none of a back-up', () => {
		const ran = spawnSync('sh', ['scripts/restore.sh'], { cwd: join(repositoryRoot, 'deploy'), encoding: 'utf8' });
		expect(ran.status).not.toBe(0);
		expect(ran.stderr).toContain('name the folder of backup.sh');
	});
});
