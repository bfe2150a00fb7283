import type { SkipReason } from '#core/domain/file';

/** What is left out unless `.hybridignore` or another ignore file takes it back in with `!`. Gitignore syntax. */
export const DEFAULT_EXCLUDES: readonly string[] = [
	...['.git/', '.hg/', '.svn/', '.jj/'],
	...['node_modules/', 'bower_components/', 'jspm_packages/', '.yarn/', '.pnpm-store/', 'vendor/bundle/', 'Pods/', 'Carthage/'],
	...['dist/', 'build/', 'out/', 'target/', 'bin/Debug/', 'bin/Release/', 'obj/', '.next/', '.nuxt/', '.svelte-kit/', '.output/', '.turbo/'],
	...['coverage/', '.nyc_output/', 'htmlcov/', '.venv/', 'venv/', '__pycache__/', '.tox/', '.nox/', '.mypy_cache/', '.pytest_cache/', '.ruff_cache/'],
	...['*.egg-info/', '.eggs/', '.gradle/', '.idea/', '.vs/', '.vscode-test/', '.dart_tool/', '.terraform/', '.cache/', '.parcel-cache/', '.DS_Store'],
	...['*.swp', '*.swo', '*~', '*.log'],
];

const GENERATED_NAMES: ReadonlySet<string> = new Set([
	...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock', 'cargo.lock', 'poetry.lock'],
	...['pdm.lock', 'uv.lock', 'pipfile.lock', 'gemfile.lock', 'composer.lock', 'go.sum', 'flake.lock', 'mix.lock', 'pubspec.lock', 'podfile.lock'],
	'packages.lock.json',
]);

const BINARY_EXTENSIONS: ReadonlySet<string> = new Set(
	(
		'png jpg jpeg gif bmp ico icns webp avif tif tiff psd ai eps heic mp3 mp4 m4a m4v wav ogg oga ogv flac aac avi mov mkv webm wmv ' +
		'zip gz tgz bz2 xz zst 7z rar tar jar war ear whl egg gem nupkg vsix apk aab ipa dmg iso deb rpm msi exe dll so dylib a o obj lib pdb ' +
		'class pyc pyo pyd wasm node bin dat db sqlite sqlite3 mdb pdf doc docx xls xlsx ppt pptx odt ods odp ttf otf woff woff2 eot ' +
		'onnx pt pth h5 hdf5 npy npz pkl parquet arrow feather safetensors gguf model mo blend fbx glb unitypackage'
	).split(' '),
);

/** Why a file need not be read, by its name alone; null when it must be looked at. */
export function reasonByName(name: string): SkipReason | null {
	const lower = name.toLowerCase();
	if (GENERATED_NAMES.has(lower)) return 'generated';
	if (/\.(?:min|bundle)\.(?:js|css|mjs|cjs)$/.test(lower)) return 'minified';
	if (/\.(?:js|css|mjs|cjs)\.map$/.test(lower)) return 'generated';
	const dot = lower.lastIndexOf('.');
	return dot > 0 && BINARY_EXTENSIONS.has(lower.slice(dot + 1)) ? 'binary' : null;
}
