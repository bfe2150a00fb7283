import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCoordinator } from '#core/coordinator';
import { resolveDataDirectory } from '#node/dataDirectory';
import type { createLog } from '#node/log';
import type { Monitor } from '#node/prometheus';
import { terminalPorts } from '#node/terminalPorts';
import { agentSettings } from './agentSettings.ts';
import { Workspace } from './workspace.ts';

/** The workspace of a server of its own process: settings and keys come from the environment, and a monitor counts what is done. */
export function openWorkspace(options: {
	readonly folders: readonly string[];
	readonly dataDirectory: string | null;
	readonly log: ReturnType<typeof createLog>;
	readonly monitor?: Monitor;
	readonly freshMs?: number;
}): Workspace {
	const { folders, log, monitor, freshMs } = options;
	const { settings, refused } = agentSettings(process.env);
	if (refused.length > 0) log.warn(`These settings have a value that cannot be used and keep their default: ${refused.join(', ')}`);
	const dataDirectory = resolveDataDirectory(options.dataDirectory ?? settings.dataDirectory);
	return new Workspace({
		folders,
		dataDirectory,
		log,
		open: async () => {
			const ports = terminalPorts({ assetsPath: dirname(fileURLToPath(import.meta.url)), settings, log });
			const { coordinator, onDidObserve } = await createCoordinator({ ports, settings, dataDirectory });
			monitor?.watch(coordinator, onDidObserve);
			return coordinator;
		},
		...(freshMs === undefined ? {} : { freshMs }),
	});
}
