import { createCoordinator } from '#core/coordinator';
import { settingsFromWire } from '#core/settingsFromWire';
import { quietPorts } from './ports.ts';
import { temporaryFolder } from './workspace.ts';

/** A bundle with one fix that its owner shares with all. */
export const SHARED_FIX = [
	{ format: 'hybrid-knowledge', version: 1, items: 1 },
	{
		collection: 'error-solutions',
		id: '00000001-0000-4000-8000-000000000000',
		payload: {
			...{ error_message: 'lamp is not defined', error_type: 'typescript', context: '', solution: 'import the lamp', solution_verified: true },
			...{ success_count: 1, failure_count: 0, first_seen: '2026-01-01T00:00:00.000Z', last_used: null, confidence_score: 0.7 },
			...{ repository_id: null, scope: 'global', status: 'active', provenance: [] },
		},
	},
]
	.map((line) => `${JSON.stringify(line)}\n`)
	.join('');

/** Somebody's coordinator over a Qdrant server, with a folder of theirs open; disposing closes it and forgets what lies here. */
export async function openTeammate(qdrant: { readonly url: string; readonly prefix: string; readonly user: string; readonly team: string | null }) {
	const [workspace, data] = [temporaryFolder(), temporaryFolder()];
	const { settings } = settingsFromWire({ qdrant, embedding: { provider: 'none' } });
	const { coordinator } = await createCoordinator({ ports: quietPorts(), settings, dataDirectory: data.path });
	await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
	return {
		coordinator,
		async dispose() {
			await coordinator.close();
			workspace[Symbol.dispose]();
			data[Symbol.dispose]();
		},
	};
}
