import type { ProcessedFile, ScannedFile } from './domain/file.ts';
import type { PastCommit } from './domain/pastCommit.ts';
import type { LanguageModel, ModelMessage, ModelRequestOptions, ModelToolCall } from './models/languageModel.ts';
import type { PostgresEngine } from './store/postgres.ts';
import type { SqliteEngine } from './store/sqlite.ts';

/** One entry of a folder. `link` is a symbolic link, whatever it points to. */
export interface DirectoryEntry {
	readonly name: string;
	readonly kind: 'file' | 'directory' | 'link' | 'other';
}

/** Reading the workspace. Paths are absolute, in the platform's form; errors are CoordinatorErrors `not-found` or `file-unreadable`. */
export interface FilePort {
	readDirectory(path: string): Promise<DirectoryEntry[]>;
	stat(path: string): Promise<{ readonly kind: DirectoryEntry['kind']; readonly sizeBytes: number; readonly mtimeMs: number }>;
	readFile(path: string, options?: { readonly maxBytes?: number }): Promise<Uint8Array>;
	/** Resolved through links; identifies a folder for loop detection. */
	realPath(path: string): Promise<string>;
	join(...parts: readonly string[]): string;
	/** The user's home and the file system roots: folders that are never indexed whole. */
	readonly guardedFolders: readonly string[];
}

/** Read-only questions to git; each null where there is no git or no repository. */
export interface GitPort {
	/** Oldest root commit of the history, and the top folder of the worktree. */
	identify(folder: string): Promise<{ readonly rootCommit: string; readonly topLevel: string; readonly worktreeName: string } | null>;
	/** How many commits ago each path (relative to the folder) was last touched, 0 by the last one, for up to `commits` commits back. */
	recentlyChanged(folder: string, commits: number): Promise<ReadonlyMap<string, number> | null>;
	/** The hash of the commit that is checked out; null where there is none. */
	head(folder: string): Promise<string | null>;
	/**
	 * The last `most` commits up to `until` that touch the folder, without merges, the newest first, as they are read; at low priority. Ends early where
	 * git fails, takes too long or the signal fires.
	 */
	commits(folder: string, options: { readonly until: string; readonly most: number; readonly signal?: AbortSignal }): AsyncIterable<readonly PastCommit[]>;
}

/** Heavy work away from the coordinator's thread. */
export interface FileProcessorPort {
	/** Reads, redacts and chunks files; never rejects for one file's sake. Order of results is that of the input. */
	process(
		root: string,
		files: readonly ScannedFile[],
		options: { readonly languages: Readonly<Record<string, string>>; readonly maxFileBytes: number; readonly signal?: AbortSignal },
	): Promise<ProcessedFile[]>;
	/** Hex SHA-256 of the bytes and the language of each file; null for one that cannot be read. */
	identify(
		root: string,
		files: readonly ScannedFile[],
		options: { readonly languages: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
	): Promise<({ readonly contentHash: string; readonly language: string } | null)[]>;
	readonly parallelism: number;
	close(): Promise<void>;
}

export interface ClockPort {
	nowMs(): number;
	/** Resolves after the delay, or rejects with `cancelled`. */
	delay(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Whose work is under way, and whether it can still be. */
export interface ProcessPort {
	/** Names this process among all that may share its data, now and later. */
	readonly own: string;
	/** True only when it is certain that the process of that name has ended: false for one of another machine or container, and for a name of unknown form. */
	hasEnded(name: string): boolean;
}

export interface LogPort {
	trace(message: string): void;
	debug(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string, error?: unknown): void;
}

/** Secrets by name, never logged. Writing is the extension's. */
export interface SecretPort {
	get(name: string): Promise<string | null>;
}

/** Models that live in the host (VS Code's). Empty outside it. */
export interface HostModelPort {
	models(): Promise<readonly LanguageModel[]>;
}

/** Loads the bundled embedding model where its runtime runs (a worker thread). */
export interface BundledModelPort {
	/** `native` where the package carries it, else `wasm`. Throws `model-missing`, `model-damaged` or `runtime-unavailable`. */
	load(options: { readonly runtime: 'auto' | 'native' | 'wasm'; readonly threads: number }): Promise<BundledModel>;
}

export interface BundledModel {
	readonly runtime: 'native' | 'wasm';
	readonly dimension: number;
	/** Unit vectors, mean pooled, texts cut at 256 tokens. */
	embed(texts: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<Float32Array[]>;
	close(): Promise<void>;
}

/** Runs GGUF files in a process of their own, so that a crash of the native library costs the model only. */
export interface GgufPort {
	/** Loads a file. Rejects with `model-missing`, `model-damaged`, `runtime-unavailable` or `cancelled`. */
	open(options: {
		/** Absolute. */
		readonly path: string;
		/** Room for prompt and answer; less where the model was trained for less. */
		readonly contextTokens: number;
		/** Folder in whose `node_modules` the runtime was installed; null: only the one that the package carries. */
		readonly runtimeFolder: string | null;
		readonly signal?: AbortSignal;
	}): Promise<OpenGguf>;
}

export interface GgufRequest extends Pick<ModelRequestOptions, 'maxOutputTokens' | 'jsonSchema' | 'tools'> {
	readonly messages: readonly ModelMessage[];
}

export interface GgufAnswer {
	readonly reason: 'stop' | 'length';
	readonly toolCalls: readonly ModelToolCall[];
	readonly inputTokens: number;
	readonly outputTokens: number;
}

/** A loaded GGUF file. It answers one request at a time. */
export interface OpenGguf {
	readonly contextTokens: number;
	/** Of the operating system; undefined once it has ended. */
	readonly processId: number | undefined;
	/** False once its process has ended, however that came. */
	readonly isAlive: boolean;
	/** Rejects with `context-too-long`, `server-error` (a crash, retryable) or `cancelled`; the model is there for the next request but after a crash. */
	answer(request: GgufRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<GgufAnswer>;
	/** Ends the process. What is under way rejects with `cancelled`. */
	close(): Promise<void>;
}

/** Files of derived data that are written whole and may be gone at any time. */
export interface SnapshotFilePort {
	/** Opens for reading from the start; null where there is none or it cannot be opened. `read` fills its argument, or throws at the end. */
	open(path: string): { readonly sizeBytes: number; read(into: Uint8Array): void; close(): void } | null;
	/** Writes the parts one after the other and puts the file in place at the end, mode 0600. Rejects with the system's error, leaving nothing. */
	write(path: string, parts: Iterable<Uint8Array>): Promise<void>;
	/** Removes the file, if there is one. */
	remove(path: string): Promise<void>;
}

export interface Ports {
	readonly files: FilePort;
	readonly git: GitPort;
	readonly sqlite: SqliteEngine;
	readonly postgres: PostgresEngine;
	readonly snapshots: SnapshotFilePort;
	readonly processor: FileProcessorPort;
	readonly bundledModel: BundledModelPort;
	readonly gguf: GgufPort;
	readonly hostModels: HostModelPort;
	readonly secrets: SecretPort;
	readonly fetch: typeof fetch;
	readonly clock: ClockPort;
	readonly processes: ProcessPort;
	readonly log: LogPort;
	/** Random UUID, version 4. */
	readonly uuid: () => string;
	/** Bytes of shipped files by their path in the package's folder: `kernel.wasm`, `staticVectors.bin`, `vocab.txt`, `grammars/python.wasm`. Rejects with `model-missing`. */
	readonly assets: { read(path: string): Promise<Uint8Array> };
}
