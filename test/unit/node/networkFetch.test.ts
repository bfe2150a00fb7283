import { execFile } from 'node:child_process';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOpenaiLanguageModel } from '#core/models/remote/openaiLanguageModel';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { describeError } from '#node/log';
import { createNetworkFetch } from '#node/networkFetch';
import { repositoryRoot } from '../../support/assets.ts';
import { PLAIN_INFO } from '../../support/modelInfo.ts';
import { json, type ModelServer, startModelServer } from '../../support/modelServer.ts';
import { startProxy } from '../../support/proxyServer.ts';
import { selfSigned } from '../../support/selfSigned.ts';
import { temporaryFolder } from '../../support/workspace.ts';

const HOST = 'models.example';
const run = promisify(execFile);
const fetchWith = (more: Partial<Settings['network']>) => createNetworkFetch(() => ({ ...DEFAULT_SETTINGS.network, ...more }));

describe('the fetch of the coordinator', () => {
	let server: ModelServer;
	beforeEach(async () => {
		for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) vi.stubEnv(name, undefined);
		server = await startModelServer(json(200, { hello: 'from the server' }));
	});
	afterEach(async () => {
		vi.unstubAllEnvs();
		await server[Symbol.asyncDispose]();
	});
	const serverPort = () => Number(new URL(server.origin).port);

	it('asks other machines through the proxy of the settings, with its user and password', async () => {
		await using proxy = await startProxy({ port: serverPort(), credentials: 'anna:s3cret' });
		const fetch = fetchWith({ proxy: `http://anna:s3cret@127.0.0.1:${proxy.port}` });
		expect(await (await fetch(`http://${HOST}/v1/models`)).json()).toEqual({ hello: 'from the server' });
		expect(proxy.asked).toEqual([{ line: `GET http://${HOST}/v1/models`, credentials: `Basic ${Buffer.from('anna:s3cret').toString('base64')}` }]);
	});

	it('sends the authorization of the settings to the proxy, and not to the server', async () => {
		await using proxy = await startProxy({ port: serverPort() });
		await fetchWith({ proxy: `http://127.0.0.1:${proxy.port}`, proxyAuthorization: 'Bearer t0ken' })(`http://${HOST}/v1/models`);
		expect(proxy.asked[0]?.credentials).toBe('Bearer t0ken');
		expect(server.requests[0]?.authorization).toBeUndefined();
	});

	it('takes the proxy of the environment where the settings have none, and none where proxies are off', async () => {
		await using proxy = await startProxy({ port: serverPort() });
		vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`);
		expect((await fetchWith({})(`http://${HOST}/`)).status).toBe(200);
		await expect(fetchWith({ isProxyUsed: false })(`http://${HOST}.invalid/`)).rejects.toThrow();
		expect(proxy.asked).toHaveLength(1);
	});

	it('asks hosts without a proxy that the settings or the environment name', async () => {
		await using proxy = await startProxy({ port: serverPort() });
		const proxied = { proxy: `http://127.0.0.1:${proxy.port}` };
		await expect(fetchWith({ ...proxied, noProxy: ['.invalid'] })('http://models.invalid/')).rejects.toThrow();
		vi.stubEnv('NO_PROXY', 'other.example, invalid');
		await expect(fetchWith(proxied)('http://models.invalid/')).rejects.toThrow();
		expect(proxy.asked).toEqual([]);
		expect((await fetchWith(proxied)(`http://${HOST}/`)).status).toBe(200);
	});

	it('never asks this machine through a proxy, not even after a redirect', async () => {
		await using redirecting = await startModelServer((response) => {
			response.writeHead(302, { location: `${server.origin}/inside` }).end();
		});
		await using proxy = await startProxy({ port: Number(new URL(redirecting.origin).port) });
		const fetch = fetchWith({ proxy: `http://127.0.0.1:${proxy.port}` });
		for (const origin of [server.origin, server.origin.replace('127.0.0.1', 'localhost')]) expect((await fetch(origin)).status).toBe(200);
		expect((await fetch(`http://${HOST}/`)).status).toBe(200);
		expect(proxy.asked.map(({ line }) => line)).toEqual([`GET http://${HOST}/`]);
		expect(server.requests.at(-1)?.path).toBe('/inside');
	});

	it('follows a change of the settings at the next request', async () => {
		await using first = await startProxy({ port: serverPort() });
		await using second = await startProxy({ port: serverPort() });
		let port = first.port;
		const fetch = createNetworkFetch(() => ({ ...DEFAULT_SETTINGS.network, proxy: `http://127.0.0.1:${port}` }));
		await fetch(`http://${HOST}/`);
		port = second.port;
		await fetch(`http://${HOST}/`);
		expect([first.asked.length, second.asked.length]).toEqual([1, 1]);
	});

	it('carries a model’s streamed answer through a proxy', async () => {
		const words = ['one ', 'two'];
		await using model = await startModelServer((response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			for (const content of words)
				response.write(`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`);
			response.write(
				`data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
			);
			response.end('data: [DONE]\n\n');
		});
		await using proxy = await startProxy({ port: Number(new URL(model.origin).port) });
		const chat = createOpenaiLanguageModel({
			url: `http://${HOST}/v1`,
			name: 'm',
			contextTokens: null,
			info: PLAIN_INFO,
			fetch: fetchWith({ proxy: `http://127.0.0.1:${proxy.port}` }),
			apiKey: async () => 'key',
			limits: () => DEFAULT_SETTINGS.models,
		});
		const texts: string[] = [];
		for await (const part of chat.stream([{ role: 'user', text: 'count' }], {})) if (part.type === 'delta') texts.push(part.text);
		expect(texts).toEqual(words);
		expect(proxy.asked.map(({ line }) => line)).toEqual([`POST http://${HOST}/v1/chat/completions`]);
	});

	it('keeps user and password of a proxy out of what is logged when it refuses or is not there', async () => {
		await using proxy = await startProxy({ port: serverPort(), credentials: 'anna:other' });
		for (const address of [`http://anna:s3cret@127.0.0.1:${proxy.port}`, 'http://anna:s3cret@127.0.0.1:1']) {
			const failure = await fetchWith({ proxy: address })(`https://${HOST}/`).then(
				() => null,
				(error: unknown) => error,
			);
			expect(failure).toBeInstanceOf(Error);
			expect(describeError(failure)).not.toMatch(/anna|s3cret|YW5uYT/);
		}
	});

	describe('over TLS', () => {
		const { key, cert } = selfSigned(HOST);
		const secure = createServer({ key, cert }, (_, response) => response.end('secure'));
		let port = 0;
		beforeEach(async () => {
			await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
			port = (secure.address() as AddressInfo).port;
		});
		afterEach(async () => {
			secure.closeAllConnections();
			await new Promise((resolve) => secure.close(resolve));
		});
		/** Asks in a process of its own, with this environment. */
		const ask = async (settings: Partial<Settings['network']>, environment: Record<string, string>) => {
			const child = join(repositoryRoot, 'test/support/fetchChild.ts');
			const network = JSON.stringify({ ...DEFAULT_SETTINGS.network, ...settings });
			return (await run(process.execPath, ['--no-warnings', child, `https://${HOST}/`, network], { cwd: repositoryRoot, env: { ...process.env, ...environment } }))
				.stdout;
		};

		it('refuses a certificate that nobody vouches for, unless checking is off', async () => {
			await using proxy = await startProxy({ port, securePort: port });
			const settings = { proxy: `http://127.0.0.1:${proxy.port}` };
			await expect(fetchWith(settings)(`https://${HOST}/`)).rejects.toMatchObject({ cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
			expect(await (await fetchWith({ ...settings, isStrictSsl: false })(`https://${HOST}/`)).text()).toBe('secure');
			expect(proxy.asked.map(({ line }) => line)).toEqual([`CONNECT ${HOST}:443`, `CONNECT ${HOST}:443`]);
		});

		it('trusts what NODE_EXTRA_CA_CERTS names, and what the system trusts where that is wanted', async () => {
			await using proxy = await startProxy({ port, securePort: port });
			using folder = temporaryFolder();
			folder.write({ 'authority.pem': cert });
			const file = folder.join('authority.pem');
			const settings = { proxy: `http://127.0.0.1:${proxy.port}` };
			expect(await ask(settings, {})).toBe('failed DEPTH_ZERO_SELF_SIGNED_CERT');
			expect(await ask(settings, { NODE_EXTRA_CA_CERTS: file })).toBe('200 secure');
			expect(await ask({ ...settings, usesSystemCertificates: false }, { NODE_EXTRA_CA_CERTS: file })).toBe('200 secure');
			if (process.platform !== 'linux') return;
			expect(await ask(settings, { SSL_CERT_FILE: file })).toBe('200 secure');
			expect(await ask({ ...settings, usesSystemCertificates: false }, { SSL_CERT_FILE: file })).toBe('failed DEPTH_ZERO_SELF_SIGNED_CERT');
		});
	});
});
