// Builds dist/: one bundle a program or worker, and every file they read at run time.
// `node esbuild.config.mjs [--production] [--universal] [--out=FOLDER]`; --universal leaves the native runtime out.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import createWabt from 'wabt';
import { GRAMMARS } from './scripts/grammars.mjs';
import { nativeRuntimeFiles } from './scripts/nativeRuntime.mjs';
import { vocabularyOf } from './scripts/vocabulary.mjs';

const root = import.meta.dirname;
const at = (...parts) => join(root, ...parts);
const isProduction = process.argv.includes('--production');
const isUniversal = process.argv.includes('--universal');
const out = at(process.argv.find((parameter) => parameter.startsWith('--out='))?.slice('--out='.length) ?? 'dist');
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** Source → file in dist. Only the extension's bundle may know `vscode`. */
const BUNDLES = [
	{ entry: 'src/extension/main.ts', out: 'extension.cjs', format: 'cjs', external: ['vscode'] },
	{ entry: 'src/server/main.ts', out: 'server.mjs', format: 'esm', external: [] },
	{ entry: 'src/cli/main.ts', out: 'cli.mjs', format: 'esm', external: [] },
	{ entry: 'src/mcp/main.ts', out: 'mcp.mjs', format: 'esm', external: [] },
	{ entry: 'src/node/workers/fileWorker.ts', out: 'fileWorker.mjs', format: 'esm', external: [] },
	{ entry: 'src/node/workers/embeddingWorker.ts', out: 'embeddingWorker.mjs', format: 'esm', external: ['onnxruntime-node'] },
	{ entry: 'src/node/workers/ggufProcess.ts', out: 'ggufProcess.mjs', format: 'esm', external: [] },
	{ entry: 'src/webview/main.ts', out: 'dashboard.js', format: 'iife', platform: 'browser', external: [] },
];

/** ESM bundles still need these names for the CommonJS libraries inside them. */
const ESM_BANNER = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

async function bundle() {
	for (const { entry, out: file, format, platform = 'node', external } of BUNDLES) {
		if (!existsSync(at(entry))) {
			console.log(`There is no ${entry} yet: ${file} is left out.`);
			continue;
		}
		const result = await esbuild
			.build({
				entryPoints: [at(entry)],
				outfile: join(out, file),
				bundle: true,
				format,
				platform,
				target: platform === 'node' ? 'node22' : 'es2022',
				external,
				minify: isProduction,
				keepNames: isProduction,
				sourcemap: isProduction ? false : 'linked',
				metafile: true,
				define: { HYBRID_VERSION: JSON.stringify(version) },
				banner: format === 'esm' ? { js: ESM_BANNER } : {},
				logLevel: 'error',
			})
			.catch(() => null);
		if (!result) {
			process.exitCode = 1;
			continue;
		}
		mkdirSync(join(out, 'meta'), { recursive: true });
		writeFileSync(join(out, 'meta', `${file}.json`), JSON.stringify(result.metafile));
	}
}

function copy(from, to) {
	cpSync(at(from), join(out, to), { recursive: true, dereference: true });
}

async function assets() {
	copy('node_modules/web-tree-sitter/web-tree-sitter.wasm', 'web-tree-sitter.wasm');
	copy('node_modules/sql.js/dist/sql-wasm.wasm', 'sql-wasm.wasm');
	copy('syntaxes', 'syntaxes');
	for (const [id, [name, file]] of Object.entries(GRAMMARS)) copy(join('node_modules', name, file), join('grammars', `${id}.wasm`));
	copy('models/minilm/model_quantized.onnx', 'minilm/model_quantized.onnx');
	writeFileSync(join(out, 'minilm/vocab.txt'), vocabularyOf(readFileSync(at('models/minilm/tokenizer.json'), 'utf8')));
	if (existsSync(at('models/static/staticVectors.bin'))) copy('models/static/staticVectors.bin', 'staticVectors.bin');
	copy('node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm', 'ort-web/ort-wasm-simd-threaded.wasm');
	const native = isUniversal ? [] : nativeRuntimeFiles(root);
	for (const { from, to } of native) copy(from, join('onnxruntime-node', to));
	const kernel = at('src/core/store/embedded/kernel.wat');
	if (existsSync(kernel)) {
		const wabt = await createWabt();
		const module = wabt.parseWat('kernel.wat', readFileSync(kernel, 'utf8'), { simd: true });
		writeFileSync(join(out, 'kernel.wasm'), module.toBinary({}).buffer);
	}
}

// Files of an earlier build go, but never the folder itself: a running host may have it open.
mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) rmSync(join(out, name), { recursive: true, force: true });
await Promise.all([bundle(), assets()]);
