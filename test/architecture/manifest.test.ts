import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#core/settings';
import {
	CHAT_COMMANDS,
	CHAT_PARTICIPANTS,
	COMMANDS,
	CONTEXT_KEYS,
	EXTENSION_ID,
	LANGUAGE_TOOLS,
	MCP_PROVIDERS,
	MODEL_VENDOR,
	SETTINGS,
	VIEW_CONTAINERS,
	VIEWS,
	WALKTHROUGHS,
} from '#extension/ids';
import { repositoryRoot } from '../support/assets.ts';

const read = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const texts: Record<string, string> = JSON.parse(read('package.nls.json'));
const { contributes } = manifest;
const sorted = (values: Iterable<string>) => [...values].sort();
const tracked = execFileSync('git', ['ls-files'], { cwd: repositoryRoot, encoding: 'utf8' }).trim().split('\n');

describe('the manifest and the code', () => {
	it('name the same commands, views, participant, models and settings', () => {
		expect(sorted(contributes.commands.map(({ command }: { command: string }) => command))).toEqual(sorted(Object.values(COMMANDS)));
		expect(contributes.views[VIEW_CONTAINERS.hybrid].map(({ id }: { id: string }) => id)).toEqual(Object.values(VIEWS));
		expect(contributes.walkthroughs.map(({ id }: { id: string }) => id)).toEqual(Object.values(WALKTHROUGHS));
		expect(contributes.viewsContainers.activitybar.map(({ id }: { id: string }) => id)).toEqual(Object.values(VIEW_CONTAINERS));
		expect(contributes.chatParticipants.map(({ id }: { id: string }) => id)).toEqual(Object.values(CHAT_PARTICIPANTS));
		expect(contributes.chatParticipants[0].commands.map(({ name }: { name: string }) => name)).toEqual([...CHAT_COMMANDS]);
		expect(contributes.languageModelChatProviders).toEqual([{ vendor: MODEL_VENDOR, displayName: expect.any(String) }]);
		expect(contributes.languageModelTools.map(({ name }: { name: string }) => name)).toEqual(Object.values(LANGUAGE_TOOLS));
		expect(contributes.mcpServerDefinitionProviders.map(({ id }: { id: string }) => id)).toEqual(Object.values(MCP_PROVIDERS));
		expect(sorted(Object.keys(contributes.configuration.properties))).toEqual(sorted(SETTINGS.map((name) => `hybrid.${name}`)));
		expect(`${manifest.publisher}.${manifest.name}`).toBe(EXTENSION_ID);
	});

	it('guide a new user by steps that are done by commands, views and settings that exist, each with a picture and words for it', () => {
		const known = new Set([
			...Object.values(COMMANDS).map((id) => `onCommand:${id}`),
			...Object.values(VIEWS).map((id) => `onView:${id}`),
			...SETTINGS.map((name) => `onSettingChanged:hybrid.${name}`),
		]);
		const [{ steps }] = contributes.walkthroughs;
		expect(steps.length).toBeGreaterThanOrEqual(4);
		expect(steps.length).toBeLessThanOrEqual(6);
		for (const { completionEvents, media, description } of steps) {
			expect(completionEvents.filter((event: string) => !event.startsWith('onContext:hybrid.') && !known.has(event))).toEqual([]);
			expect(completionEvents).not.toEqual([]);
			expect(read(media.svg)).toContain('var(--vscode-');
			expect(texts[media.altText.slice(1, -1)]).toMatch(/\w{3}/);
			for (const [, id] of (texts[description.slice(1, -1)] ?? '').matchAll(/\(command:(hybrid\.\w+)\)/g)) expect(Object.values(COMMANDS)).toContain(id);
		}
	});

	it('use no context key that the code does not set', () => {
		const used = new Set(JSON.stringify(contributes).match(/\bhybrid\.[\w.]+(?= (?:==|!=|=~))/g) ?? []);
		expect(sorted(used)).toEqual(sorted(Object.values(CONTEXT_KEYS)));
	});

	it('have a text for every key, and a key for every text', () => {
		const used = new Set([...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key as string));
		expect(sorted(used)).toEqual(sorted(Object.keys(texts)));
	});

	it('agree on defaults', () => {
		const core = DEFAULT_SETTINGS as unknown as Record<string, Record<string, unknown>>;
		for (const [name, { default: given }] of Object.entries<{ default: unknown }>(contributes.configuration.properties)) {
			const [group = '', field = ''] = name.replace('hybrid.', '').split('.');
			const expected = core[group]?.[field];
			if (expected !== undefined) expect([name, given ?? '']).toEqual([name, expected ?? '']);
		}
	});

	it('keep a workspace from choosing where things go or whether it is indexed', () => {
		const sensitive = Object.entries<{ scope: string }>(contributes.configuration.properties).filter(([name]) =>
			/url|dataDirectory|provider|automatic|preferred|budget|privacy/i.test(name),
		);
		expect(sensitive.length).toBeGreaterThan(5);
		for (const [name, { scope }] of sensitive) {
			expect([name, scope]).toEqual([name, expect.stringMatching(/^(?:machine|application)$/)]);
			expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(name);
		}
	});

	it('declare and use no proposed API, and are not activated by everything', () => {
		expect(manifest).not.toHaveProperty('enabledApiProposals');
		expect(manifest.activationEvents).not.toContain('*');
		expect(tracked.filter((file) => /vscode\.proposed/.test(file))).toEqual([]);
		// The typings are those of the oldest version that is supported: what is not in them cannot be used unseen.
		expect(JSON.parse(read('node_modules/@types/vscode/package.json')).version).toBe(manifest.engines.vscode.replace('^', ''));
		expect(tracked.filter((file) => file.startsWith('src/extension/') && /as any|@ts-(?:ignore|expect-error)/.test(read(file)))).toEqual([]);
	});
});

describe('what is tracked', () => {
	it('names no path of a machine and no host of a registry', () => {
		const text = tracked.filter((file) => /\.(?:ts|mjs|cjs|json|md|yml|yaml|txt|scm|wat)$|^\.ci\//.test(file) && !file.startsWith('test/fixtures/'));
		expect(text.filter((file) => read(file).includes(`${repositoryRoot}/`) || /https?:\/\/registry\./.test(read(file)))).toEqual([]);
		expect(read('package-lock.json')).not.toContain('"resolved"');
	});
});
