import { createFileProcessor } from '#node/fileProcessor';
import { assetsPath } from './assets.ts';
import { movableClock, openIngest } from './ingest.ts';

// A process that indexes: `node ingestChild.ts WORKSPACE DATA CLOCK_OFFSET_MS`. Tells its parent every committed batch and the end.
const [workspace = '', dataDirectory = '', offset = '0'] = process.argv.slice(2);
// Who follows another process waits for it, and nothing else keeps this one alive.
process.channel?.ref();
const clock = movableClock();
clock.advance(Number(offset));
const processor = createFileProcessor({ assetsPath: assetsPath(), threads: 1 });
const ingest = await openIngest({ workspace, dataDirectory, processor, clock, onRecord: (paths) => process.send?.({ recorded: paths }) });
await ingest.queue.start();
process.send?.({ phase: ingest.queue.status().folder.phase });
process.channel?.unref();
