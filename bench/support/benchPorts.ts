import { join } from 'node:path';
import type { Ports } from '#core/ports';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';

/** The real ports over the build in `dist`, quiet, without secrets or host models. */
export function benchPorts(threads: number): Ports {
	return createPorts({
		assetsPath: join(import.meta.dirname, '../../dist'),
		threads,
		log: createLog((level, message) => process.stderr.write(`${level}: ${message}\n`), 'warn'),
		secrets: { get: async () => null },
		hostModels: { models: async () => [] },
	});
}
