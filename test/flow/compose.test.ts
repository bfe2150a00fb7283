import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { afterEach, describe, expect, it, test } from 'vitest';
import { repositoryRoot } from '../support/assets.ts';

interface ComposeFile {
	readonly services: Readonly<
		Record<
			string,
			{
				readonly build?: { readonly dockerfile: string };
				readonly image?: string;
				readonly healthcheck?: { readonly test: readonly string[] };
				readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
				readonly deploy?: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } };
			}
		>
	>;
}

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const compose = load(read('deploy/compose.yaml'), { schema: CORE_SCHEMA.withTags(mergeTag) }) as ComposeFile;

describe('the compose file', () => {
	it('has a health check and limits for every service, and whoever needs another waits until that is well', () => {
		for (const [name, service] of Object.entries(compose.services)) {
			const isChecked = service.healthcheck !== undefined || (service.build !== undefined && /^HEALTHCHECK /m.test(read(service.build.dockerfile)));
			expect(isChecked, name).toBe(true);
			expect(service.deploy?.resources.limits, name).toEqual({ cpus: expect.any(String), memory: expect.any(String) });
			for (const { condition } of Object.values(service.depends_on ?? {})) expect(condition, name).toBe('service_healthy');
		}
	});
});

describe('the health check of Qdrant', () => {
	const [, shell = '', flag = '', script = ''] = compose.services.qdrant?.healthcheck?.test ?? [];
	const open: { close(): void }[] = [];
	afterEach(() => {
		for (const server of open.splice(0)) server.close();
	});
	/** The exit code of the check as the container runs it, asked of another place, with more seconds for an answer on a busy machine. */
	async function check(host: string, port: number | string, seconds = 20): Promise<number | null> {
		expect(script).toContain('/dev/tcp/127.0.0.1/6333');
		expect(script).toContain('read -r -t 2 ');
		const command = script.replaceAll('$$', '$').replace('127.0.0.1/6333', `${host}/${port}`).replace('-t 2 ', `-t ${seconds} `);
		const child = spawn(shell, [flag, command], { stdio: 'ignore' });
		const [code] = await once(child, 'exit');
		return code;
	}
	async function serve(answer: string | null): Promise<{ readonly port: number; readonly heard: string[] }> {
		const heard: string[] = [];
		const sockets: Socket[] = [];
		const server = createServer((socket) => {
			sockets.push(socket);
			socket.on('error', () => undefined);
			socket.on('data', (data) => {
				heard.push(data.toString());
				if (answer !== null) socket.end(answer);
			});
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const hangUp = () => {
			for (const socket of sockets) socket.destroy();
		};
		open.push(server, { close: hangUp });
		const address = server.address();
		return { port: address !== null && typeof address === 'object' ? address.port : 0, heard };
	}

	test('is passed by a server that is ready, and by none that is not, does not answer, or is not there', async () => {
		const ready = await serve('HTTP/1.0 200 OK\r\n\r\nall shards are ready');
		expect(await check('127.0.0.1', ready.port)).toBe(0);
		expect(ready.heard).toEqual(['GET /readyz HTTP/1.0\r\n\r\n']);
		expect(await check('127.0.0.1', (await serve('HTTP/1.0 503 Service Unavailable\r\n\r\nsome shards are not ready')).port)).not.toBe(0);
		expect(await check('127.0.0.1', (await serve(null)).port, 2)).not.toBe(0);
		const gone = await serve('');
		for (const server of open.splice(0)) server.close();
		expect(await check('127.0.0.1', gone.port)).not.toBe(0);
	});

	test.skipIf(!process.env.QDRANT_URL)('is passed by a real server (needs QDRANT_URL)', async () => {
		const { hostname, port } = new URL(process.env.QDRANT_URL ?? '');
		expect(await check(hostname, port || '6333')).toBe(0);
	});
});
