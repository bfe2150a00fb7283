import { ledgerRow } from './ledgerRows.ts';
import { openTeam } from './postgres/teamPorts.ts';

// A process that records calls for a team until it is killed: `node teamChild.ts DATA NAME PLACE PASSWORD`. Tells its parent every row that was acknowledged.
const [dataDirectory = '', name = '', place = '', password = ''] = process.argv.slice(2);
const { room } = await openTeam({ dataDirectory, place: JSON.parse(place), password });
for (let i = 0; ; i++) {
	const id = `${name}${i}`;
	room.record([ledgerRow(id, { timeMs: Date.now() })]);
	await new Promise((resolve) => process.send?.(id, resolve));
	await new Promise((resolve) => setTimeout(resolve, 2));
}
