import { createFileProcessor } from '#node/fileProcessor';
import { assetsPath } from './assets.ts';
import { openIngest } from './ingest.ts';

// A process that has the index of a folder open until it is killed: `node openChild.ts WORKSPACE DATA`. Tells its parent when it has.
const [workspace = '', dataDirectory = ''] = process.argv.slice(2);
await openIngest({ workspace, dataDirectory, processor: createFileProcessor({ assetsPath: assetsPath(), threads: 1 }) });
process.channel?.ref();
process.send?.('open');
