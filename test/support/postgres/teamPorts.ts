import { randomUUID } from 'node:crypto';
import type { ClockPort } from '#core/ports';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import type { PostgresPlace } from '#core/store/postgres';
import { passwordName } from '#core/team/databaseUrl';
import { openTeamRoom } from '#core/teamRoom';
import { createClock } from '#node/clock';
import { createFiles } from '#node/files';
import { createLog } from '#node/log';
import { createPostgresEngine } from '#node/postgres/postgresEngine';
import { createProcesses } from '#node/processes';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from '../assets.ts';

export const urlOf = ({ user, host, port, database }: PostgresPlace) => `postgres://${user}@${host}:${port}/${database}`;

export const teamSettings = (place: PostgresPlace | null, more: Partial<Settings['team']> = {}): Settings => ({
	...DEFAULT_SETTINGS,
	team: { ...DEFAULT_SETTINGS.team, databaseUrl: place && urlOf(place), ...more },
});

/** A team room over real SQLite and a real server, with the messages that it logged. */
export async function openTeam(options: {
	readonly dataDirectory: string;
	readonly place: PostgresPlace | null;
	readonly password: string;
	readonly team?: Partial<Settings['team']>;
	readonly clock?: ClockPort;
}) {
	let settings = teamSettings(options.place, options.team);
	let { password } = options;
	const logged: string[] = [];
	const names: string[] = [];
	const room = await openTeamRoom({
		ports: {
			sqlite: createSqliteEngine({ assetsPath: assetsPath() }),
			postgres: createPostgresEngine(),
			secrets: {
				get: async (name) => {
					names.push(name);
					return password;
				},
			},
			clock: options.clock ?? createClock(),
			files: createFiles(),
			processes: createProcesses(),
			log: createLog((_, message) => logged.push(message), 'trace'),
			uuid: randomUUID,
		},
		dataDirectory: options.dataDirectory,
		settings: () => settings,
	});
	return {
		room,
		logged,
		/** Names of the secrets that were asked for. */
		names,
		secretName: options.place && passwordName(options.place),
		async change(place: PostgresPlace | null, team: Partial<Settings['team']> = {}, isTrusted = true) {
			settings = { ...teamSettings(place, team), isTrusted };
			await room.settingsChanged();
		},
		setPassword(next: string) {
			password = next;
			room.secretsChanged();
		},
	};
}
