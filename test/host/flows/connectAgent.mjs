import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { runCommand, until } from '../support/page.mjs';

export const description = 'shows and writes the configuration of another agent, which is then served from the same index, and leaves what it cannot read alone';

export async function prepare() {
	return { settings: { 'hybrid.index.automatic': 'always' }, close: () => undefined };
}

export async function flow(page, { picture, host }) {
	const file = join(host.folder, '.mcp.json');
	const dialog = page.locator('.monaco-dialog-box');
	const button = (name) => dialog.getByRole('button', { name, exact: true });
	const connect = async () => {
		await runCommand(page, 'Hybrid: Connect Another Agent');
		await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Claude Code' }).first().click();
		await dialog.waitFor();
	};
	await page
		.locator('.statusbar-item', { hasText: /^\s*Hybrid\s*$/ })
		.first()
		.waitFor({ timeout: 60_000 });

	await connect();
	await picture('connect-agent');
	await button('Cancel').click();
	await dialog.waitFor({ state: 'hidden' });
	assert.equal(existsSync(file), false);

	writeFileSync(file, JSON.stringify({ mcpServers: { other: { command: 'other' } }, kept: true }));
	await connect();
	await button('Write .mcp.json').click();
	await page.locator('.tab.active', { hasText: '.mcp.json' }).waitFor();
	await until(page, () => readFileSync(file, 'utf8').includes('"hybrid'), 'the configuration');
	const { mcpServers, kept } = JSON.parse(readFileSync(file, 'utf8'));
	assert.equal(kept, true);
	assert.deepEqual(mcpServers.other, { command: 'other' });
	const [name] = Object.keys(mcpServers).filter((server) => server !== 'other');
	await checkServed(mcpServers[name], host);

	writeFileSync(file, '{ "mcpServers": {');
	await connect();
	await dialog.getByText('is no JSON that can be added to').waitFor();
	assert.equal(await button('Write .mcp.json').count(), 0);
	await picture('connect-agent-broken');
	await button('Cancel').click();
	assert.equal(readFileSync(file, 'utf8'), '{ "mcpServers": {');
	// What was shown is only read: nothing is left to be saved.
	assert.equal(await page.locator('.tab.dirty').count(), 0);
}

/** Starts the server as the agent would, with what the configuration says alone but for the folder in which the tests keep data, and asks it. */
async function checkServed({ command, args, env }, host) {
	const client = new Client({ name: 'claude-code', version: '1.0.0' });
	await client.connect(new StdioClientTransport({ command, args, env: { ...env, HYBRID_DATA_DIRECTORY: host.at('hybrid') } }));
	try {
		const { structuredContent: found } = await client.callTool({ name: 'search_context', arguments: { query: 'where is value added tax rounded?' } });
		assert.ok(
			found.pieces.some(({ path }) => path.endsWith('money.ts')),
			JSON.stringify(found.pieces),
		);
		const { structuredContent: status } = await client.callTool({ name: 'index_status', arguments: {} });
		assert.ok(status.is_searchable && status.vectors.total > 0, JSON.stringify(status));
	} finally {
		await client.close();
	}
}
