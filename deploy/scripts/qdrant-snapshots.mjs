// Snapshots of every collection of a Qdrant server: `node qdrant-snapshots.mjs backup FOLDER [PREFIX]` and `… restore FOLDER`.
// PREFIX: of those alone whose names begin with it, on a server that others use too.
// QDRANT_URL names the server, QDRANT_API_KEY or the file QDRANT_API_KEY_FILE its key. Restoring replaces collections of the same name.
import { createWriteStream, mkdirSync, openAsBlob, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const [command, folder, prefix = ''] = process.argv.slice(2);
const { QDRANT_URL: url = 'http://127.0.0.1:6333', QDRANT_API_KEY_FILE: keyFile } = process.env;
const key = process.env.QDRANT_API_KEY || (keyFile ? readFileSync(keyFile, 'utf8').trim() : '');

async function ask(method, path, body) {
	const response = await fetch(new URL(path, url), { method, headers: key ? { 'api-key': key } : {}, ...(body ? { body } : {}) });
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
	return response;
}

async function backUp() {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const { result } = await (await ask('GET', '/collections')).json();
	for (const { name } of result.collections.filter((collection) => collection.name.startsWith(prefix))) {
		const at = `/collections/${encodeURIComponent(name)}/snapshots`;
		const { name: snapshot } = (await (await ask('POST', at)).json()).result;
		const { body } = await ask('GET', `${at}/${encodeURIComponent(snapshot)}`);
		await pipeline(Readable.fromWeb(body), createWriteStream(join(folder, `${name}.snapshot`), { mode: 0o600 }));
		await ask('DELETE', `${at}/${encodeURIComponent(snapshot)}`);
		console.log(name);
	}
	const { result: found } = await (await ask('GET', '/aliases')).json();
	await pipeline(
		Readable.from([JSON.stringify(found.aliases.filter((alias) => alias.collection_name.startsWith(prefix)))]),
		createWriteStream(join(folder, 'aliases.json'), { mode: 0o600 }),
	);
}

async function restore() {
	for (const file of readdirSync(folder).filter((name) => name.endsWith('.snapshot'))) {
		const name = file.slice(0, -'.snapshot'.length);
		const form = new FormData();
		form.set('snapshot', await openAsBlob(join(folder, file)), file);
		await ask('POST', `/collections/${encodeURIComponent(name)}/snapshots/upload?priority=snapshot`, form);
		console.log(name);
	}
	const aliases = JSON.parse(readFileSync(join(folder, 'aliases.json'), 'utf8'));
	const actions = aliases.map(({ alias_name, collection_name }) => ({ create_alias: { alias_name, collection_name } }));
	if (actions.length === 0) return;
	const response = await fetch(new URL('/collections/aliases', url), {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...(key ? { 'api-key': key } : {}) },
		body: JSON.stringify({ actions }),
	});
	if (!response.ok) throw new Error(`aliases: ${response.status} ${await response.text()}`);
}

if (!folder || !['backup', 'restore'].includes(command)) {
	console.error('Usage: node qdrant-snapshots.mjs backup FOLDER [PREFIX]\n       node qdrant-snapshots.mjs restore FOLDER');
	process.exit(2);
}
await (command === 'backup' ? backUp() : restore());
