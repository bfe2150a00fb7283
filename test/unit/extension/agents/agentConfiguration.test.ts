import { describe, expect, it } from 'vitest';
import { configurationWith, launcherText } from '#extension/agents/agentConfiguration';

const LAUNCH = { command: '/opt/editor', args: ['/data/mcp.mjs', '--workspace', '/w'], env: { ELECTRON_RUN_AS_NODE: '1' } };
const OURS = { type: 'stdio', ...LAUNCH };

describe('an agent’s configuration', () => {
	it('holds our server, beside whatever was there', () => {
		expect(JSON.parse(configurationWith(LAUNCH, null) ?? '')).toEqual({ mcpServers: { 'hybrid-coordinator': OURS } });
		expect(JSON.parse(configurationWith(LAUNCH, ' \n') ?? '')).toEqual({ mcpServers: { 'hybrid-coordinator': OURS } });
		const existing = { other: [1], mcpServers: { 'theirs': { command: 'x' }, 'hybrid-coordinator': { command: 'old' } } };
		expect(JSON.parse(configurationWith(LAUNCH, JSON.stringify(existing)) ?? '')).toEqual({
			other: [1],
			mcpServers: { 'theirs': { command: 'x' }, 'hybrid-coordinator': OURS },
		});
	});

	it.each(['{"mcpServers": {} // a remark\n}', '[]', '"text"', '{"mcpServers": []}', '{'])('leaves alone what it cannot add to: %s', (existing) => {
		expect(configurationWith(LAUNCH, existing)).toBeNull();
	});

	it('goes through a launcher that names the bundle as a URL', () => {
		expect(launcherText('file:///a%20b/mcp.mjs')).toContain('await import("file:///a%20b/mcp.mjs");');
	});
});
