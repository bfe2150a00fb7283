import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import configuration from '../../.dependency-cruiser.mjs';
import { repositoryRoot } from '../support/assets.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/workspace.ts';
import { cruiseSources, type Violation } from './cruise.ts';

/** A file that breaks each rule, with its text. */
const PLANTED: Readonly<Record<string, readonly [file: string, text: string]>> = {
	'no-circular': ['src/core/base/plantedA.ts', "import './plantedB.ts';\nexport const a = 1;\n"],
	'base-imports-nothing': ['src/core/base/planted1.ts', "import '#core/domain/terms';\n"],
	'domain-imports-base-and-its-libraries': ['src/core/domain/planted2.ts', "import '#core/store/migrate';\n"],
	'rivers-do-not-meet': ['src/core/ask/planted3.ts', "import '#core/ingest/ingestPipeline';\n"],
	'rooms-know-what-is-common': ['src/core/store/planted23.ts', "import '#core/openFolders';\n"],
	'rivers-know-interfaces-only': ['src/core/ingest/planted4.ts', "import '#core/store/openStores';\n"],
	'metrics-count-and-no-more': ['src/core/metrics/planted25.ts', "import '#core/models/languageModel';\n"],
	'team-sends-figures': ['src/core/team/planted28.ts', "import type { VectorStore } from '#core/store/vectorStore';\nexport type X = VectorStore;\n"],
	'stores-and-models-are-strangers': ['src/core/store/planted5.ts', "import '#core/models/modelCatalogue';\n"],
	'syntax-parses-only': ['src/core/syntax/planted25.ts', "import '#core/domain/terms';\n"],
	'core-is-host-free': ['src/core/planted6.ts', "import '#node/clock';\n"],
	'core-knows-no-platform': ['src/core/planted7.ts', "import 'events';\n"],
	'node-knows-core-only': ['src/node/planted8.ts', "import '#server/wire';\n"],
	'heads-are-thin': ['src/cli/planted9.ts', "import '#core/openFolders';\n"],
	'heads-do-not-know-each-other': ['src/mcp/planted10.ts', "import '#cli/words';\n"],
	'extension-is-a-client': ['src/extension/planted11.ts', "import '#core/settings';\n"],
	'page-knows-its-contract-only': ['src/webview/planted27.ts', "import '#extension/dashboard/words';\n"],
	'page-is-a-browser-program': ['src/webview/planted28.ts', "import 'path';\n"],
	'only-the-extension-knows-vscode': ['src/cli/planted12.ts', "import type * as vscode from 'vscode';\nexport type X = vscode.Uri;\n"],
	'protocol-is-types-of-the-domain': ['src/protocol/planted13.ts', "import '#core/settings';\n"],
	'protocol-runs-nothing': ['src/protocol/planted24.ts', "import { isSecretPath } from '#core/domain/secretFiles';\nexport type X = ReturnType<typeof isSecretPath>;\n"],
	'one-room-for-web-tree-sitter': ['src/node/planted14.ts', "import 'web-tree-sitter';\n"],
	'one-room-for-onnxruntime-node-or-web-or-common': ['src/node/planted15.ts', "import 'onnxruntime-web';\n"],
	'one-room-for-sql.js': ['src/node/planted16.ts', "import 'sql.js';\n"],
	'one-room-for-ollama-or-openai-or-@anthropic-ai/sdk': ['src/core/planted17.ts', "import 'openai';\nimport '@anthropic-ai/sdk';\n"],
	'one-room-for-cockatiel': ['src/node/planted25.ts', "import 'cockatiel';\n"],
	'one-room-for-gpt-tokenizer': ['src/core/planted18.ts', "import 'gpt-tokenizer';\n"],
	'one-room-for-zod': ['src/core/planted19.ts', "import 'zod';\n"],
	'one-room-for-@modelcontextprotocol/sdk': ['src/node/planted26.ts', "import '@modelcontextprotocol/sdk/types.js';\n"],
	'one-room-for-@qdrant/js-client-rest': ['src/core/store/planted27.ts', "import '@qdrant/js-client-rest';\n"],
	'one-room-for-ignore': ['src/core/planted20.ts', "import 'ignore';\n"],
	'one-room-for-undici': ['src/core/planted25.ts', "import 'undici';\n"],
	'one-room-for-pg': ['src/core/metrics/postgres/planted27.ts', "import 'pg';\n"],
	'one-room-for-env-paths': ['src/core/planted21.ts', "import 'env-paths';\n"],
	'one-room-for-prom-client': ['src/node/planted27.ts', "import 'prom-client';\n"],
	'one-room-for-chart.js': ['src/extension/planted29.ts', "import 'chart.js';\n"],
	'one-room-for-vscode-jsonrpc': ['src/node/planted22.ts', "import 'vscode-jsonrpc/node';\n"],
};

const FILES = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.d)\.ts$/.test(file)).length;

describe('the walls between rooms', () => {
	it('stand: no import breaks a rule, and every module was looked at', async () => {
		const { modules, violations } = await cruiseSources(repositoryRoot);
		expect(violations).toEqual([]);
		expect(modules).toBeGreaterThanOrEqual(FILES);
	});

	it('leave no file over 300 lines', () => {
		const long = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter(
			(file) => file.endsWith('.ts') && readFileSync(join(repositoryRoot, 'src', file), 'utf8').split('\n').length > 301,
		);
		expect(long).toEqual([]);
	});

	describe('are held by rules that catch', () => {
		let copy: TemporaryFolder;
		let violations: readonly Violation[] = [];
		beforeAll(async () => {
			copy = temporaryFolder();
			for (const path of ['src', 'package.json']) cpSync(join(repositoryRoot, path), copy.join(path), { recursive: true });
			symlinkSync(join(repositoryRoot, 'node_modules'), copy.join('node_modules'));
			writeFileSync(copy.join('src/core/base/plantedB.ts'), "import './plantedA.ts';\nexport const b = 1;\n");
			for (const [file, text] of Object.values(PLANTED)) {
				mkdirSync(dirname(copy.join(file)), { recursive: true });
				writeFileSync(copy.join(file), text);
			}
			violations = (await cruiseSources(copy.path)).violations;
		});
		afterAll(() => copy[Symbol.dispose]());

		it.each(configuration.forbidden.map(({ name, comment }) => [name, comment] as const))('%s: %s', (name) => {
			const planted = PLANTED[name];
			expect(planted, `no violation is planted for ${name}`).toBeDefined();
			expect(violations.filter(({ rule, from }) => rule === name && (from === planted?.[0] || name === 'no-circular'))).not.toEqual([]);
		});
	});
});
