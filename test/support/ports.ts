import type { Ports } from '#core/ports';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { assetsPath } from './assets.ts';

/** Real ports of a head without a word in the log, a key, or a host's models. */
export function quietPorts(): Ports {
	return createPorts({
		assetsPath: assetsPath(),
		threads: 1,
		log: createLog(() => undefined, 'off'),
		secrets: { get: async () => null },
		hostModels: { models: async () => [] },
	});
}
