import type { LogPort, Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import { createPorts } from './ports.ts';
import { withSecretFiles } from './secretFiles.ts';
import { secretsFromEnvironment } from './secretsFromEnvironment.ts';

/** The ports of a head without an editor: keys come from the environment, and no host has models. Throws `invalid-argument` for a file of a key that cannot be read. */
export function terminalPorts(options: { readonly assetsPath: string; readonly settings: Settings; readonly log: LogPort }): Ports {
	const { assetsPath, settings, log } = options;
	return createPorts({
		assetsPath,
		threads: settings.index.threads,
		log,
		secrets: secretsFromEnvironment(withSecretFiles(process.env)),
		hostModels: { models: async () => [] },
		network: () => settings.network,
	});
}
