import { ServerTurns } from '#core/models/serverTurns';
import { openTurns } from '#core/store/openStores';
import { createClock } from '#node/clock';
import { createFiles } from '#node/files';
import { createProcesses } from '#node/processes';
import { createSqliteEngine } from '#node/sqlite';
import { assetsPath } from './assets.ts';

// A process that takes its turn at a place and keeps it until it is killed: `node turnChild.ts DATA PLACE`. Tells its parent when its turn has come.
const [dataDirectory = '', place = ''] = process.argv.slice(2);
const silence = () => undefined;
const log = { trace: silence, debug: silence, info: silence, warn: silence, error: silence };
const ports = { sqlite: createSqliteEngine({ assetsPath: assetsPath() }), clock: createClock(), files: createFiles(), log, processes: createProcesses() };
const store = await openTurns(ports as never, dataDirectory);
if (!store) throw new Error('There is no store.');
await new ServerTurns(store, ports).take(place, silence);
process.channel?.ref();
process.send?.('turn');
