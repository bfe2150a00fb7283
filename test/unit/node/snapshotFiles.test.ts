import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSnapshotFiles } from '#node/snapshotFiles';
import { type TemporaryFolder, temporaryFolder } from '../../support/workspace.ts';

describe('createSnapshotFiles', () => {
	let folder: TemporaryFolder;
	beforeEach(() => {
		folder = temporaryFolder();
	});
	afterEach(() => folder[Symbol.dispose]());

	it('puts whole files in place where several write the same one at once, and leaves nothing beside', async () => {
		const path = folder.join('use.json');
		const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
		const halves = (text: string) => [text.slice(0, 5_000), text.slice(5_000)].map((part) => new TextEncoder().encode(part));
		// Each is a port of its own, as that of another process is.
		await Promise.all(texts.map((text) => createSnapshotFiles().write(path, halves(text))));
		expect(texts).toContain(readFileSync(path, 'utf8'));
		expect(readdirSync(folder.path)).toEqual(['use.json']);
	});

	it('removes what a killed writer of the file left, and not what another writes now or keeps beside', async () => {
		folder.write({ 'use.json.tmp': 'old', 'use.json.1.tmp': 'old', 'use.json.2.tmp': 'new', 'use.json.bak': 'old', 'other.tmp': 'old' });
		const longAgo = new Date(Date.now() - 2 * 60 * 60_000);
		for (const name of readdirSync(folder.path)) if (name !== 'use.json.2.tmp') utimesSync(folder.join(name), longAgo, longAgo);
		await createSnapshotFiles().write(folder.join('use.json'), [Uint8Array.of(1)]);
		expect(readdirSync(folder.path).sort()).toEqual(['other.tmp', 'use.json', 'use.json.2.tmp', 'use.json.bak']);
	});
});
