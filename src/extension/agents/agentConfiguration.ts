/** How an agent starts our server: what its configuration says. */
export interface ServerLaunch {
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

/** The name under which an agent lists our server. */
export const SERVER_NAME = 'hybrid-coordinator';

/** Agents whose configuration lies in a file of the project. */
export const AGENT_FILES = { claudeCode: '.mcp.json', cursor: '.cursor/mcp.json' } as const;

/**
 * The configuration of an agent with our server in it: what was there stays, other servers and other fields among it. `existing` is the text of
 * the file, null where there is none. Null for a text that is no JSON object: what a person wrote there must not be lost.
 */
export function configurationWith(launch: ServerLaunch, existing: string | null): string | null {
	const known = existing === null || existing.trim() === '' ? {} : readObject(existing);
	if (known === null) return null;
	const { mcpServers = {} } = known;
	if (!isObject(mcpServers)) return null;
	const server = { type: 'stdio', command: launch.command, args: launch.args, env: launch.env };
	return `${JSON.stringify({ ...known, mcpServers: { ...mcpServers, [SERVER_NAME]: server } }, undefined, 2)}\n`;
}

/** A program of two lines at a place that stays, so that an agent's configuration outlives updates of the extension. */
export function launcherText(bundleUrl: string): string {
	return `// Written by the Hybrid Coordinator: starts its server for agents.\nawait import(${JSON.stringify(bundleUrl)});\n`;
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : null;
	} catch {
		return null;
	}
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
