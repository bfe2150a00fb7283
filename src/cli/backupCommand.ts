import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CoordinatorError } from '#core/base/errors';
import { backUp, restore } from '#node/dataBackup';
import { resolveDataDirectory } from '#node/dataDirectory';
import { createSqliteEngine } from '#node/sqlite';

/** `backup FOLDER` and `restore FOLDER`: without a coordinator, which would open what is put in place. Returns the exit code. */
export async function backupCommand(command: 'backup' | 'restore', folder: string, dataDirectory: string | null): Promise<number> {
	if (folder === '') throw new CoordinatorError('invalid-argument', `${command} needs a folder.`);
	const sqlite = createSqliteEngine({ assetsPath: dirname(fileURLToPath(import.meta.url)) });
	const data = resolveDataDirectory(dataDirectory);
	const place = resolve(folder);
	const names = command === 'backup' ? await backUp(sqlite, data, place) : await restore(sqlite, place, data);
	process.stdout.write(command === 'backup' ? `Kept ${names.join(', ')} in ${place}.\n` : `Put ${names.join(', ')} in place in ${data}.\n`);
	return 0;
}
