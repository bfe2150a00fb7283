// `npm run package`: the universal VSIX (WebAssembly runtime) and the one for this platform (native runtime too), into out/.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nativeRuntimeFiles } from './nativeRuntime.mjs';
import { collectNotices } from './notices.mjs';
import { root } from './setup.mjs';

/** What a user's copy holds beside `dist`; everything else stays here. */
const SHIPPED = [
	'README.md',
	'CHANGELOG.md',
	'LICENSE',
	'package.nls.json',
	...readdirSync(root).filter((file) => /^package\.nls\.[\w-]+\.json$/.test(file)),
	'l10n',
	'media',
];
/** Of the manifest: what VS Code reads. */
const MANIFEST_FIELDS = [
	'name',
	'displayName',
	'description',
	'version',
	'publisher',
	'license',
	'type',
	'engines',
	'main',
	'l10n',
	'extensionKind',
	'capabilities',
	'categories',
	'keywords',
	'icon',
	'activationEvents',
	'contributes',
];
const BUILT = [
	'extension.cjs',
	'server.mjs',
	'cli.mjs',
	'mcp.mjs',
	'fileWorker.mjs',
	'embeddingWorker.mjs',
	'ggufProcess.mjs',
	'dashboard.js',
	'dashboard.css',
	'kernel.wasm',
	'web-tree-sitter.wasm',
	'sql-wasm.wasm',
	'staticVectors.bin',
	'grammars/*.wasm',
	'syntaxes/*',
	'minilm/*',
	'ort-web/*',
];

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const target = `${process.platform}-${process.arch}`;
mkdirSync(join(root, 'out'), { recursive: true });

function build(vsix, isUniversal, targetParameters) {
	const stage = join(root, 'out/stage');
	rmSync(stage, { recursive: true, force: true });
	mkdirSync(stage, { recursive: true });
	execFileSync(process.execPath, [join(root, 'esbuild.config.mjs'), '--production', '--out=out/stage/dist', ...(isUniversal ? ['--universal'] : [])], {
		cwd: root,
		stdio: 'inherit',
	});
	for (const file of SHIPPED) cpSync(join(root, file), join(stage, file), { recursive: true });
	writeFileSync(join(stage, 'THIRD_PARTY_NOTICES.txt'), collectNotices(join(stage, 'dist')));
	const shipped = Object.fromEntries(MANIFEST_FIELDS.filter((field) => field in manifest).map((field) => [field, manifest[field]]));
	const files = [
		...SHIPPED.map((file) => (file === 'media' || file === 'l10n' ? `${file}/**` : file)),
		'THIRD_PARTY_NOTICES.txt',
		...[...BUILT, ...(isUniversal ? [] : ['onnxruntime-node/**'])].map((file) => `dist/${file}`),
	];
	writeFileSync(join(stage, 'package.json'), `${JSON.stringify({ ...shipped, files }, undefined, 2)}\n`);
	rmSync(vsix, { force: true });
	execFileSync(
		process.execPath,
		[
			join(root, 'node_modules/@vscode/vsce/vsce'),
			'package',
			'--no-dependencies',
			'--allow-missing-repository',
			'--skip-license',
			'--no-rewrite-relative-links',
			...targetParameters,
			'-o',
			vsix,
		],
		{
			cwd: stage,
			stdio: ['ignore', 'ignore', 'inherit'],
		},
	);
	console.log(`${vsix.slice(root.length + 1)}: ${(statSync(vsix).size / 1e6).toFixed(1)} MB`);
}

build(join(root, `out/${manifest.name}-${manifest.version}.vsix`), true, []);
if (nativeRuntimeFiles(root).length > 0) build(join(root, `out/${manifest.name}-${target}-${manifest.version}.vsix`), false, ['--target', target]);
rmSync(join(root, 'out/stage'), { recursive: true, force: true });
