import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { createCoordinator } from '#core/coordinator';
import type { AskQuery, Coordinator } from '#core/domain/requests';
import type { LanguageModel } from '#core/models/languageModel';
import { settingsFromWire } from '#core/settingsFromWire';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { assetsPath } from '../support/assets.ts';
import { PLAIN_INFO } from '../support/modelInfo.ts';
import { temporaryFolder } from '../support/workspace.ts';

const FILES = {
	'src/refund.ts': `/** Refunds an invoice by reversing its ledger entry. */
export function refundInvoice(invoice: { id: string }) {
	return reverseLedgerEntry(invoice.id);
}
`,
	'CONTRIBUTING.md': '# Contributing\n\n## Refunds and ledgers\n\nA refund never deletes a ledger entry: it adds a reversing entry beside the old one.\n',
};
const QUESTION = 'How to configure and setup a refund of an invoice?';
const ANSWER = '1. Call `refundInvoice` of src/refund.ts.\n2. It calls reverseLedgerEntry.\n```ts\nrefundInvoice(invoice);\n```';
const PATTERN = JSON.stringify({
	problem_type: 'Undoing a booked invoice refund',
	solution_approach: 'Refund an invoice by calling the refund function, which reverses the ledger entry.',
	skills_used: ['ledgers'],
	generalizable_pattern: 'How to set up a refund of an invoice: add a reversing entry instead of deleting the booked one.',
});

/** Answers questions, and extracts a pattern when it is given a schema. */
function twoFacedModel(): LanguageModel & { readonly prompts: string[] } {
	const prompts: string[] = [];
	return {
		id: 'host:two',
		label: 'two',
		destination: 'this machine',
		isRemote: false,
		contextTokens: null,
		info: PLAIN_INFO,
		prompts,
		async *stream(messages, { jsonSchema }) {
			if (!jsonSchema) prompts.push(messages.map(({ text }) => text).join('\n'));
			yield { type: 'delta', text: jsonSchema ? PATTERN : ANSWER };
			yield { type: 'end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1, isEstimate: true } };
		},
	};
}

describe('learning, from the coordinator', () => {
	const cleanUps: (() => Promise<void> | void)[] = [];
	afterEach(async () => {
		for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
	});

	async function start(wire: Record<string, unknown> = {}) {
		const workspace = temporaryFolder();
		const data = temporaryFolder();
		cleanUps.push(
			() => workspace[Symbol.dispose](),
			() => data[Symbol.dispose](),
		);
		workspace.write(FILES);
		const model = twoFacedModel();
		const ports = createPorts({
			assetsPath: assetsPath(),
			threads: 1,
			log: createLog(() => undefined, 'off'),
			secrets: { get: async () => null },
			hostModels: { models: async () => [model] },
		});
		const { coordinator } = await createCoordinator({
			ports,
			settings: settingsFromWire({ routing: { useEditorModels: true }, ledger: { controlShare: 0 }, ...wire }).settings,
			dataDirectory: data.path,
		});
		cleanUps.push(() => coordinator.close());
		await coordinator.openFolders([{ path: workspace.path, name: 'sample' }]);
		await coordinator.startIndexing();
		await coordinator.whenIdle({ vectors: true });
		return { coordinator, model, workspace, data };
	}
	const ask = async (coordinator: Coordinator, prompt: string) => {
		const query: AskQuery = { interactionId: randomUUID(), prompt, history: [], attachments: [], signals: {} };
		await coordinator.ask(query, () => undefined);
		return query.interactionId;
	};
	const praise = (coordinator: Coordinator, interactionId: string) =>
		coordinator.reportOutcome([
			{ id: `t-${interactionId}`, interactionId, kind: 'thumbs', value: 1, subject: null, source: 'user', timeMs: Date.now() },
			{ id: `e-${interactionId}`, interactionId, kind: 'edit-applied', value: 1, subject: null, source: 'editor', timeMs: Date.now() },
		]);

	test('a good answer becomes a skill, is confirmed, goes into the next prompt, is deleted and is gone', async () => {
		const { coordinator, model, data } = await start();
		const { knowledge } = coordinator;
		const first = await ask(coordinator, QUESTION);
		expect(await praise(coordinator, first)).toBe(2);
		await expect.poll(async () => (await knowledge.status()).extractions.done, { timeout: 20_000 }).toBe(1);
		const [skill] = (await knowledge.list({ collections: ['skills-patterns'], limit: 9 })).items;
		expect(skill).toMatchObject({ title: 'Undoing a booked invoice refund', status: 'proposed' });
		expect((await knowledge.detail(skill?.id ?? '')).sources).toMatchObject([{ interactionId: first, role: 'learned-from', query: QUESTION, outcome: 'success' }]);
		await knowledge.change(skill?.id ?? '', { action: 'confirm' });
		await ask(coordinator, QUESTION);
		expect(model.prompts.at(-1)).toContain('Related Skills & Patterns');
		expect(model.prompts.at(-1)).toContain('add a reversing entry instead of deleting');
		const dataset = await knowledge.dataset({});
		expect(dataset.report).toMatchObject({ train: 1, omitted: { 'not-a-success': 1 } });
		expect(JSON.parse(dataset.trainJsonl).messages[1].content).toBe(QUESTION);
		await knowledge.remove([skill?.id ?? '', first]);
		expect((await knowledge.list({ collections: ['skills-patterns'], limit: 9 })).total).toBe(0);
		expect((await knowledge.dataset({})).report.train).toBe(0);
		await ask(coordinator, QUESTION);
		expect(model.prompts.at(-1)).not.toContain('Undoing a booked invoice refund');
		await knowledge.forget({ everything: true });
		await cleanUps.pop()?.();
		const bytes = readFileSync(data.join('knowledge.db'), 'latin1');
		expect(bytes).not.toContain('Undoing a booked');
		expect(bytes).not.toContain('How to configure');
	});

	test('the call for a pattern is among the costs and is no answer, and what models and purposes took adds up to the whole', async () => {
		const { coordinator } = await start({
			embedding: { provider: 'none' },
			models: { prices: { '*': { inputUsdPerMillion: 3, outputUsdPerMillion: 5, asOf: '2026-01-01' } } },
		});
		await praise(coordinator, await ask(coordinator, QUESTION));
		await expect.poll(async () => (await coordinator.knowledge.status()).extractions.done, { timeout: 20_000 }).toBe(1);
		const { today, details, budget } = await coordinator.spending({ withDetails: true });
		expect(today).toMatchObject({ answered: 1, answeredLocally: 1, localShare: 1 });
		expect(details?.purposes).toMatchObject([
			{ purpose: 'answer', calls: 1, inputTokens: 1, outputTokens: 1, costUsd: 0.000_008 },
			{ purpose: 'pattern', calls: 1, inputTokens: 1, outputTokens: 1, costUsd: 0.000_008 },
		]);
		expect(details).toMatchObject({ calls: 2, costUsd: 0.000_016, models: [{ calls: 2, inputTokens: 2, costUsd: 0.000_016 }] });
		expect(budget.day.spentUsd).toBe(0.000_016);
	});

	test('rules of the repository come along with a question, and only while their file says so', async () => {
		const { coordinator, model, workspace } = await start();
		await expect.poll(async () => (await coordinator.knowledge.status()).items['best-practices'], { timeout: 20_000 }).toBe(1);
		const practice = 'may a refund delete a ledger entry, or does it add a reversing entry beside the old one?';
		await expect
			.poll(
				async () => {
					await ask(coordinator, practice);
					return model.prompts.at(-1);
				},
				{ timeout: 20_000 },
			)
			.toContain('## Best Practices');
		rmSync(workspace.join('CONTRIBUTING.md'));
		await ask(coordinator, practice);
		expect(model.prompts.at(-1)).not.toContain('## Best Practices');
		expect((await coordinator.knowledge.list({ collections: ['best-practices'], limit: 9 })).items).toMatchObject([{ status: 'retired' }]);
	});

	test('a changed rules file is read again when the editor tells of it', async () => {
		const { coordinator, workspace } = await start({ embedding: { provider: 'none' } });
		await expect.poll(async () => (await coordinator.knowledge.status()).items['best-practices'], { timeout: 20_000 }).toBe(1);
		appendFileSync(workspace.join('CONTRIBUTING.md'), '\n## Commits\n\nSign off every commit that you push.\n');
		coordinator.filesChanged([{ path: workspace.join('CONTRIBUTING.md'), kind: 'changed' }]);
		await expect.poll(async () => (await coordinator.knowledge.status()).items['best-practices'], { timeout: 20_000 }).toBe(2);
	});

	test('rules in a local-only file are not learned', async () => {
		const { coordinator, workspace } = await start({ embedding: { provider: 'none' } });
		await expect.poll(async () => (await coordinator.knowledge.status()).items['best-practices'], { timeout: 20_000 }).toBe(1);
		workspace.write({
			'AGENTS.md': '# Rules\n\nNever speak of the secret launch date.\n',
			'.hybridlocal': 'AGENTS.md\n',
			'STYLE.md': '# Style\n\nUse tabs in every file there is.\n',
		});
		coordinator.filesChanged(['AGENTS.md', 'STYLE.md'].map((name) => ({ path: workspace.join(name), kind: 'created' as const })));
		await expect.poll(async () => (await coordinator.knowledge.status()).items['best-practices'], { timeout: 20_000 }).toBe(2);
		expect((await coordinator.knowledge.list({ text: 'launch date', limit: 9 })).total).toBe(0);
	});

	test('what was learned from a local-only file goes along with questions to models of this machine alone', async () => {
		const { coordinator, workspace } = await start();
		const text = 'export function confidentialRefund() {\n\tvar total = 1;\n\treturn total;\n}\n';
		workspace.write({ 'vault/.hybridlocal': '*', 'vault/deal.ts': text });
		const diagnostic = { message: 'Unexpected var in confidentialRefund, use let or const instead.', source: 'eslint', code: 'no-var', offset: text.indexOf('var') };
		const request = { path: workspace.join('vault/deal.ts'), languageId: 'typescript', text, diagnostic };
		await coordinator.recordFix({ ...request, after: text.replace('var ', 'let '), isVerified: true, interactionIds: [] });
		const query: AskQuery = { interactionId: randomUUID(), prompt: diagnostic.message, history: [], attachments: [], signals: {} };
		const promptFor = async (leavesMachine: boolean) => (await coordinator.augment({ ...query, leavesMachine })).augmented_prompt;
		await expect.poll(() => promptFor(false), { timeout: 20_000 }).toContain('let total = 1');
		expect(await promptFor(true)).not.toMatch(/Similar Error Solutions|let total/);
		expect(await coordinator.findKnowledge({ text: diagnostic.message, collections: ['error-solutions'], limit: 9 })).toEqual([]);
	});

	test('a bundle moves what was learned into the folder that is open, and none goes where there is none', async () => {
		const from = await start({ embedding: { provider: 'none' } });
		await praise(from.coordinator, await ask(from.coordinator, QUESTION));
		await expect.poll(async () => (await from.coordinator.knowledge.status()).extractions.done, { timeout: 20_000 }).toBe(1);
		const { text } = await from.coordinator.knowledge.export({ collections: ['skills-patterns'] });
		const to = await start({ embedding: { provider: 'none' } });
		await to.coordinator.knowledge.import({ text, isApplied: true, isTrusted: false });
		const [skill] = (await to.coordinator.knowledge.list({ collections: ['skills-patterns'], limit: 9 })).items;
		expect(skill).toMatchObject({ title: 'Undoing a booked invoice refund', workspaceId: to.coordinator.status().folders[0]?.worktreeId });
		await expect(to.coordinator.knowledge.import({ text, isApplied: true, isTrusted: false, workspaceId: 'other' })).rejects.toMatchObject({ code: 'not-found' });
	});

	test('a deletion removes the copies of the database too', async () => {
		const { coordinator, data } = await start({ embedding: { provider: 'none' } });
		const id = await ask(coordinator, QUESTION);
		await praise(coordinator, id);
		const copy = new DatabaseSync(data.join('knowledge.db'));
		copy.exec(`VACUUM INTO '${data.join('knowledge.db.backup-1')}'`);
		copy.close();
		await coordinator.knowledge.remove([id]);
		expect(() => readFileSync(data.join('knowledge.db.backup-1'))).toThrow();
	});

	test('nothing is learned or used while learning is paused', async () => {
		const { coordinator, model } = await start({ learning: { enabled: false } });
		expect(await praise(coordinator, await ask(coordinator, QUESTION))).toBe(0);
		expect((await coordinator.knowledge.status()).items).toEqual({ 'skills-patterns': 0, 'error-solutions': 0, 'best-practices': 0, 'interaction-history': 0 });
		expect(model.prompts.at(-1)).not.toContain('## Best Practices');
	});
});
