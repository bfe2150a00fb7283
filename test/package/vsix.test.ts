import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { open } from 'yauzl';
import { repositoryRoot } from '../support/assets.ts';

const out = join(repositoryRoot, 'out');
const packages = existsSync(out) ? readdirSync(out).filter((name) => name.endsWith('.vsix')) : [];
const MAX_UNIVERSAL_BYTES = 40_000_000;

/** Everything a package may hold; a file that no pattern knows fails the test. */
const ALLOWED = [
	/^\[Content_Types\]\.xml$/,
	/^extension\.vsixmanifest$/,
	/^extension\/(?:package\.json|package\.nls(?:\.[\w-]+)?\.json|readme\.md|changelog\.md|LICENSE\.txt|THIRD_PARTY_NOTICES\.txt)$/i,
	/^extension\/l10n\/bundle\.l10n(?:\.[\w-]+)?\.json$/,
	/^extension\/media\/[\w.-]+\.(?:png|svg)$/,
	/^extension\/dist\/(?:extension\.cjs|server\.mjs|cli\.mjs|mcp\.mjs|fileWorker\.mjs|embeddingWorker\.mjs|ggufProcess\.mjs|dashboard\.js|dashboard\.css)$/,
	/^extension\/dist\/(?:kernel|web-tree-sitter|sql-wasm)\.wasm$/,
	/^extension\/dist\/staticVectors\.bin$/,
	/^extension\/dist\/grammars\/[a-z]+\.wasm$/,
	/^extension\/dist\/syntaxes\/(?:[a-z]+\.scm|languages\.json)$/,
	/^extension\/dist\/minilm\/(?:model_quantized\.onnx|vocab\.txt)$/,
	/^extension\/dist\/ort-web\/ort-wasm-simd-threaded\.wasm$/,
	/^extension\/dist\/onnxruntime-node\/(?:package\.json|LICENSE|dist\/[\w-]+\.js|bin\/.+)$/,
	/^extension\/dist\/onnxruntime-node\/node_modules\/onnxruntime-common\/(?:package\.json|dist\/cjs\/(?:[\w-]+\.js|package\.json))$/,
];

async function read(file: string): Promise<Map<string, Buffer>> {
	const wanted = /package\.json$|THIRD_PARTY_NOTICES\.txt$|\.vsixmanifest$/;
	return new Promise((resolve, reject) => {
		open(file, { lazyEntries: true }, (error, zip) => {
			if (error) return reject(error);
			const entries = new Map<string, Buffer>();
			zip.on('error', reject);
			zip.on('end', () => resolve(entries));
			zip.on('entry', (entry) => {
				if (!wanted.test(entry.fileName)) {
					entries.set(entry.fileName, Buffer.alloc(0));
					zip.readEntry();
					return;
				}
				zip.openReadStream(entry, (failure, stream) => {
					if (failure) return reject(failure);
					const parts: Buffer[] = [];
					stream.on('data', (part: Buffer) => parts.push(part));
					stream.on('end', () => {
						entries.set(entry.fileName, Buffer.concat(parts));
						zip.readEntry();
					});
				});
			});
			zip.readEntry();
		});
	});
}

describe('the packages', () => {
	it('are there: one for every platform, and one for this platform where it has a native runtime', () => {
		expect(packages.filter((name) => /^hybrid-coordinator-\d/.test(name))).toHaveLength(1);
		if (process.platform === 'linux' && process.arch === 'x64') expect(packages.filter((name) => name.includes('linux-x64'))).toHaveLength(1);
	});

	it.each(packages)('%s holds what is allowed and nothing else', async (name) => {
		const entries = await read(join(out, name));
		expect([...entries.keys()].filter((path) => !ALLOWED.some((pattern) => pattern.test(path)))).toEqual([]);
		for (const needed of [
			'extension.cjs',
			'server.mjs',
			'mcp.mjs',
			'fileWorker.mjs',
			'embeddingWorker.mjs',
			'ggufProcess.mjs',
			'kernel.wasm',
			'staticVectors.bin',
			'minilm/model_quantized.onnx',
			'grammars/python.wasm',
		]) {
			expect(entries.has(`extension/dist/${needed}`), needed).toBe(true);
		}
		for (const needed of ['package.nls.de.json', 'l10n/bundle.l10n.de.json']) expect(entries.has(`extension/${needed}`), needed).toBe(true);
		expect([...entries.keys()].some((path) => path.includes('onnxruntime-node/bin'))).toBe(name.includes('linux-x64'));
		const notices = entries.get('extension/THIRD_PARTY_NOTICES.txt')?.toString() ?? '';
		for (const part of ['onnxruntime-web', 'web-tree-sitter', 'tree-sitter-python', 'all-MiniLM-L6-v2', 'vscode-jsonrpc', 'gpt-tokenizer', '@modelcontextprotocol/sdk'])
			expect(notices).toContain(part);
	});

	it.each(packages)('%s declares no proposed API, no scripts and no dependencies', async (name) => {
		const manifest = JSON.parse((await read(join(out, name))).get('extension/package.json')?.toString() ?? '{}');
		expect(manifest).not.toHaveProperty('enabledApiProposals');
		expect(manifest).not.toHaveProperty('scripts');
		expect(manifest).not.toHaveProperty('dependencies');
		expect(manifest.main).toBe('./dist/extension.cjs');
	});

	it('the universal one stays under 40 MB', () => {
		const universal = packages.find((name) => /^hybrid-coordinator-\d/.test(name));
		expect(statSync(join(out, universal ?? '')).size).toBeLessThan(MAX_UNIVERSAL_BYTES);
	});
});
