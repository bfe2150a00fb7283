import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveDataDirectory } from '#node/dataDirectory';

describe('resolveDataDirectory', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'hybrid-data-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	it('prefers the setting to the environment, and makes the folder for its owner alone', () => {
		const path = join(folder, 'a', 'b');
		expect(resolveDataDirectory(path, { HYBRID_DATA_DIRECTORY: join(folder, 'other') })).toBe(path);
		if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700);
		expect(resolveDataDirectory(null, { HYBRID_DATA_DIRECTORY: join(folder, 'other') })).toBe(join(folder, 'other'));
	});

	it('refuses a relative path, and a path that is a file', () => {
		expect(() => resolveDataDirectory('data', {})).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
		writeFileSync(join(folder, 'file'), '');
		expect(() => resolveDataDirectory(join(folder, 'file', 'data'), {})).toThrow(expect.objectContaining({ code: 'database-readonly' }));
	});
});
