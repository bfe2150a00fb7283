import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CoordinatorError } from '#core/base/errors';
import type { HostModelPort, LogPort, Ports, SecretPort } from '#core/ports';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { createBundledModel } from './bundledModel.ts';
import { createClock } from './clock.ts';
import { createFileProcessor } from './fileProcessor.ts';
import { createFiles } from './files.ts';
import { createGguf } from './gguf.ts';
import { createGit } from './git.ts';
import { createNetworkFetch } from './networkFetch.ts';
import { createPostgresEngine } from './postgres/postgresEngine.ts';
import { createProcesses } from './processes.ts';
import { createSnapshotFiles } from './snapshotFiles.ts';
import { createSqliteEngine } from './sqlite.ts';

/** Node's side of every port. `threads` 0 means half of the cores, one at least. */
export function createPorts(options: {
	readonly assetsPath: string;
	readonly threads: number;
	readonly log: LogPort;
	readonly secrets: SecretPort;
	readonly hostModels: HostModelPort;
	/** The newest settings of proxy and certificates; absent: what the environment says. */
	readonly network?: () => Settings['network'];
}): Ports {
	const { assetsPath, log, secrets, hostModels } = options;
	const threads = options.threads > 0 ? options.threads : Math.max(1, Math.floor(availableParallelism() / 2));
	return {
		files: createFiles(),
		git: createGit(),
		sqlite: createSqliteEngine({ assetsPath }),
		postgres: createPostgresEngine(),
		snapshots: createSnapshotFiles(),
		processor: createFileProcessor({ assetsPath, threads }),
		bundledModel: createBundledModel({ assetsPath }),
		gguf: createGguf({ assetsPath }),
		hostModels,
		secrets,
		fetch: createNetworkFetch(options.network ?? (() => DEFAULT_SETTINGS.network)),
		clock: createClock(),
		processes: createProcesses(),
		log,
		uuid: randomUUID,
		assets: {
			read: async (name) => {
				const path = join(assetsPath, name === 'vocab.txt' ? join('minilm', name) : name);
				try {
					return await readFile(path);
				} catch (cause) {
					throw new CoordinatorError('model-missing', `A file of the installation is missing: ${name}`, { cause, details: { path } });
				}
			},
		},
	};
}
