import type { ProcessedFile, ScannedFile } from '#core/domain/file';

/** What the file worker is asked: one batch. */
export interface FileRequest {
	readonly kind: 'process' | 'identify';
	readonly root: string;
	readonly files: readonly ScannedFile[];
	readonly languages: Readonly<Record<string, string>>;
	readonly maxFileBytes: number;
}

/** Identity of a file; null for one that cannot be read. */
export type FileIdentity = { readonly contentHash: string; readonly language: string } | null;

/** What it answers, in the order of the request. */
export type FileResponse =
	| { readonly kind: 'process'; readonly files: readonly ProcessedFile[] }
	| { readonly kind: 'identify'; readonly identities: readonly FileIdentity[] };
