import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { AnswerSummary } from '#core/domain/answer';
import type { AskQuery, Coordinator } from '#core/domain/requests';
import { settingsFromWire } from '#core/settingsFromWire';
import { type ChatBody, type ChatServer, startChatServer } from '../support/chatServer.ts';
import { outsideAddress } from '../support/modelServer.ts';
import { quietPorts } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';

/** Names that stand in local-only text alone, and what the local model says of it. */
const SECRET = /turnVault|vaultDial|combination of forty/;
const LOCAL_ANSWER = 'The dial has a combination of forty.';
const FILES = {
	'vault/.hybridlocal': '*',
	'vault/dial.ts':
		'export function turnVault(vaultDial: number): number {\n\t// Turns the dial of the vault by the number of steps of its plan.\n\treturn vaultDial * 7919;\n}\n',
	'marked.ts': '// hybrid:local-only\nexport function turnVaultBack(vaultDial: number): number {\n\treturn vaultDial / 7919;\n}\n',
	'src/wheel.ts': 'export function turnWheel(wheel: number): number {\n\t// Turns the wheel of the mill by a number of steps.\n\treturn wheel * 2;\n}\n',
	'src/mill.ts': 'export function grindFlour(sacks: number): number {\n\t// Grinds the sacks that the wheel of the mill drives.\n\treturn sacks * 12;\n}\n',
};
const replyHere = ({ messages }: ChatBody) => (isCompression(messages) ? 'src/wheel.ts:1-4\nturnWheel(wheel) doubles it.' : LOCAL_ANSWER);
const isCompression = (messages: ChatBody['messages']) => messages[0]?.content.includes('You shorten code context') ?? false;
/** Some hundred tokens more, so that there is something to shorten. */
const HEAVY = {
	'src/gears.ts': Array.from({ length: 40 }, (_, i) => `/** Gear ${i} of the mill and its wheel. */\nexport const gear${i} = (steps: number) => steps * ${i};\n`).join(
		'',
	),
};
const HARD = 'Design and refactor the architecture of the mill and its wheel: compare alternatives, consider concurrency, and explain the trade-offs step by step.';

/** A remote and a local server, both real; every request to the remote one is kept and looked at. */
describe.skipIf(outsideAddress === undefined)('what may not leave the machine', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	interface Opened {
		readonly coordinator: Coordinator;
		readonly workspace: TemporaryFolder;
		readonly local: ChatServer;
		readonly remote: ChatServer;
		/** A process that starts anew over the same data. */
		again(): Promise<Coordinator>;
		ask(prompt: string, more?: Partial<AskQuery>): Promise<AnswerSummary>;
		/** All that the remote server was ever sent. */
		sent(): string;
	}

	async function open({
		files = {},
		...wire
	}: {
		readonly files?: Readonly<Record<string, string>>;
		readonly routing?: Record<string, unknown>;
		readonly isTrusted?: boolean;
	} = {}): Promise<Opened> {
		const [workspace, data] = [temporaryFolder(), temporaryFolder()];
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write({ ...FILES, ...files });
		const local = await startChatServer({ name: 'qwen2.5-coder-7b-instruct', reply: replyHere });
		const remote = await startChatServer({ name: 'gpt-4.1', ...(outsideAddress ? { address: outsideAddress } : {}), reply: () => 'The remote answer.' });
		cleanUps.push(
			async () => local[Symbol.asyncDispose](),
			async () => remote[Symbol.asyncDispose](),
		);
		const { settings } = settingsFromWire({
			...wire,
			models: { openaiUrls: [local.url, remote.url], prices: { 'gpt-4.1': { inputUsdPerMillion: 3, outputUsdPerMillion: 15, asOf: '2026-11-01' } } },
			routing: { explorationShare: 0, ...wire.routing },
			embedding: { provider: 'none' },
			ledger: { controlShare: 0 },
			search: { codeThreshold: 0 },
			learning: { enabled: false },
		});
		const start = async () => {
			const ports = quietPorts();
			const { coordinator } = await createCoordinator({ ports, settings, dataDirectory: data.path });
			cleanUps.push(() => coordinator.close());
			await coordinator.openFolders([{ path: workspace.path, name: 'w' }]);
			await coordinator.startIndexing();
			await coordinator.whenIdle();
			return coordinator;
		};
		let coordinator = await start();
		return {
			coordinator,
			workspace,
			local,
			remote,
			again: async () => {
				coordinator = await start();
				return coordinator;
			},
			ask: (prompt, more = {}) => coordinator.ask({ interactionId: randomUUID(), prompt, history: [], attachments: [], signals: {}, ...more }, () => undefined),
			sent: () => remote.requests.map(({ body }) => body).join('\n'),
		};
	}
	const toLocal = ({ local }: Opened) => JSON.stringify(local.chats);
	const VAULT = 'how does turnVault use vaultDial?';

	it('is answered here where the question is about it, and reaches nobody else when the server here dies', async () => {
		const opened = await open();
		expect(await opened.ask(VAULT)).toMatchObject({ model: { isRemote: false }, isLocalOnly: true, sentTo: [], text: LOCAL_ANSWER });
		expect(toLocal(opened)).toMatch(/vaultDial \* 7919/);
		await opened.local[Symbol.asyncDispose]();
		const fallen = await opened.ask(`${VAULT} And in detail?`);
		expect(fallen).toMatchObject({ model: null, sentTo: [], isLocalOnly: true });
		expect(fallen.notices).toContainEqual(expect.objectContaining({ code: 'model-failed' }));
		expect(opened.remote.chats).toEqual([]);
		expect(opened.sent()).not.toMatch(SECRET);
	});

	it('is left out of what a remote model gets that was picked, and a pick of one for the text itself is not followed', async () => {
		const opened = await open();
		const lesser = await opened.ask('how is the wheel of the mill turned, and by what number of steps?', { model: opened.remote.id });
		expect(lesser).toMatchObject({ model: { isRemote: true }, isLocalOnly: false });
		expect(opened.sent()).toContain('turnWheel');
		for (const [path, more] of [
			['vault/dial.ts', { attachments: [{ path: opened.workspace.join('vault/dial.ts') }] }],
			['marked.ts', { attachments: [{ path: opened.workspace.join('marked.ts') }] }],
			['vault/dial.ts', { command: 'explain', signals: { activeFile: opened.workspace.join('vault/dial.ts') } }],
			['marked.ts', { signals: { selection: { path: opened.workspace.join('marked.ts'), startLine: 2, endLine: 4, text: FILES['marked.ts'] } } }],
		] as const) {
			const before = opened.local.chats.length;
			const summary = await opened.ask('What does this do?', { model: opened.remote.id, ...more });
			expect(
				summary.route?.reasons.map(({ code }) => code),
				path,
			).toContain('choice-excluded');
			expect(summary).toMatchObject({ model: { isRemote: false }, sentTo: [] });
			expect(JSON.stringify(opened.local.chats.slice(before)), path).toMatch(/vaultDial/);
		}
		expect(opened.sent()).not.toMatch(SECRET);
	});

	it('does not go along in the history of a conversation, also after the process started anew and of another chat', async () => {
		const opened = await open();
		const { text, isLocalOnly } = await opened.ask(VAULT);
		const history = [
			{ role: 'user', text: 'What of the dial?' },
			{ role: 'assistant', text, isLocalOnly },
		] as const;
		const remote = { model: opened.remote.id, history };
		expect(await opened.ask('how is the wheel of the mill turned?', remote)).toMatchObject({ model: { isRemote: true } });
		expect(opened.sent()).toContain('What of the dial?');
		const quoted = [{ role: 'user', text: `My file says:\n${FILES['vault/dial.ts']}\nWhat now?` }] as const;
		await opened.ask('how is flour ground?', { model: opened.remote.id, history: quoted, otherChat: { instructions: 'Be brief.' } });
		await opened.again();
		expect(await opened.ask('how is flour ground in the mill?', remote)).toMatchObject({ model: { isRemote: true } });
		expect(opened.remote.chats).toHaveLength(3);
		expect(opened.sent()).not.toMatch(SECRET);
	});

	it('is no part of a hybrid compression, neither of what is shortened nor of what is then sent', async () => {
		const opened = await open({ routing: { policy: 'tree', hybridTokenThreshold: 500 }, files: HEAVY });
		const summary = await opened.ask(HARD);
		expect(summary.route?.target).toBe('hybrid');
		expect(opened.remote.chats).toHaveLength(1);
		expect(summary.notices.map(({ code }) => code)).toContain('local-only-withheld');
		const compressions = opened.local.chats.filter(({ messages }) => isCompression(messages));
		expect(compressions).toHaveLength(1);
		expect(JSON.stringify(compressions)).toContain('turnWheel');
		expect(JSON.stringify(compressions)).not.toMatch(SECRET);
		expect(opened.sent()).not.toMatch(SECRET);
	});

	it('stays here when it is asked again of another model, and from the moment on that a file is marked', async () => {
		const opened = await open();
		const first = await opened.ask(VAULT);
		const retry = await opened.ask(VAULT, { retryOf: first.interactionId, model: opened.remote.id });
		expect(retry).toMatchObject({ model: { isRemote: false } });
		expect(await opened.ask('how is the wheel turned by turnWheel?', { model: opened.remote.id })).toMatchObject({ model: { isRemote: true } });
		opened.workspace.write({ 'src/.hybridlocal': '*' });
		const before = opened.sent();
		expect(before).toContain('wheel * 2');
		expect(await opened.ask('what does turnWheel return?', { model: opened.remote.id })).toMatchObject({ model: { isRemote: false } });
		expect(opened.sent()).toBe(before);
		expect(opened.sent()).not.toMatch(SECRET);
	});

	it('is anything at all in a workspace that is not trusted: the server elsewhere is not even asked what it has', async () => {
		const opened = await open({ isTrusted: false });
		expect(await opened.ask('how is the wheel turned?')).toMatchObject({ model: { isRemote: false } });
		expect(await opened.ask('how is the wheel turned?', { model: opened.remote.id })).toMatchObject({ sentTo: [] });
		expect(opened.remote.requests).toEqual([]);
	});
});
