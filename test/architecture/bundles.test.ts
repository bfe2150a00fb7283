import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assetsPath } from '../support/assets.ts';

interface Metafile {
	readonly inputs: Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>;
}

const metafile = (bundle: string): Metafile => JSON.parse(readFileSync(join(assetsPath(), 'meta', `${bundle}.json`), 'utf8'));
const inputs = (bundle: string) => Object.keys(metafile(bundle).inputs);
const externals = (bundle: string) => Object.values(metafile(bundle).inputs).flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path));

const BUNDLES = ['extension.cjs', 'server.mjs', 'cli.mjs', 'mcp.mjs', 'fileWorker.mjs', 'embeddingWorker.mjs', 'ggufProcess.mjs'] as const;

describe('the bundles', () => {
	it.each(BUNDLES.filter((bundle) => bundle !== 'extension.cjs'))('%s does not know the editor', (bundle) => {
		expect(externals(bundle)).not.toContain('vscode');
		expect(inputs(bundle).filter((path) => path.startsWith('src/extension/'))).toEqual([]);
	});

	it('extension.cjs is a client: it holds no core, no database, no parser, no model', () => {
		expect(externals('extension.cjs')).toContain('vscode');
		expect(inputs('extension.cjs').filter((path) => /^src\/(?!extension\/|protocol\/)/.test(path))).toEqual([]);
		expect(inputs('extension.cjs').filter((path) => /node_modules\/(?!vscode-jsonrpc\/)/.test(path))).toEqual([]);
	});

	it('dashboard.js is a page: it holds its room and its charts, and asks for nothing else', () => {
		expect(externals('dashboard.js')).toEqual([]);
		expect(inputs('dashboard.js').filter((path) => !/^src\/webview\/|^node_modules\/(?:chart\.js|@kurkle\/color)\//.test(path))).toEqual([]);
	});

	it('the file worker holds no model server and no database', () => {
		expect(inputs('fileWorker.mjs').filter((path) => /node_modules\/(?:openai|ollama|onnxruntime|sql\.js|vscode-jsonrpc)/.test(path))).toEqual([]);
	});
});
