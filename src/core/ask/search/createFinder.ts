import { type LocalOnlyCheck, type LocalOnlyQuestion, mayRead } from '#core/domain/localOnly';
import type { EditorSignals } from '#core/domain/question';
import type { EmbeddingModel } from '#core/models/embeddingModel';
import type { StaticVectors } from '#core/models/staticVectors';
import type { Ports } from '#core/ports';
import type { Settings } from '#core/settings';
import type { OutcomeStore } from '#core/store/outcomeStore';
import type { VectorStore } from '#core/store/vectorStore';
import type { FolderStores } from './candidates.ts';
import { dropVanished } from './dropVanished.ts';
import { experienceSource } from './experienceSource.ts';
import type { PathRecord } from './pathRecord.ts';
import { type FoundCode, type SearchCodeOptions, searchCode } from './searchCode.ts';

export interface FinderOptions {
	readonly stores: () => readonly FolderStores[];
	readonly knowledge: () => VectorStore | null;
	readonly outcomes?: OutcomeStore;
	/** What words of paths say of a workspace's files. */
	readonly pathWords?: PathRecord['of'];
	readonly catalogue: {
		embedding(): Promise<EmbeddingModel | null>;
		loadedEmbedding(): EmbeddingModel | null;
		staticVectors(): Promise<StaticVectors | null>;
		wordPiece: SearchCodeOptions['wordPiece'];
	};
	readonly localOnly: LocalOnlyCheck;
	readonly ports: Pick<Ports, 'clock' | 'files'>;
	readonly onVanished?: (paths: readonly string[]) => void;
	readonly settings: () => Settings;
}

export interface Wanted {
	readonly query: string;
	readonly limit: number;
	readonly signals: EditorSignals;
	/** A search while the user types loads nothing, and sends no half-typed words to another machine. */
	readonly isLive?: boolean;
	/** Files whose text is in the query: where one is local-only, no model on another machine sees the query. */
	readonly textOf?: readonly LocalOnlyQuestion[];
	readonly isMerging?: boolean;
	readonly interactionId?: string;
	readonly signal?: AbortSignal;
}

/** `searchCode` over what is open now, without files that are gone, and without showing local-only text to an embedding server elsewhere. */
export function createFinder(options: FinderOptions): (wanted: Wanted) => Promise<FoundCode> {
	const { catalogue, localOnly, ports, settings } = options;

	async function embedding({ isLive = false, textOf = [] }: Wanted): Promise<EmbeddingModel | null> {
		const model = isLive ? catalogue.loadedEmbedding() : await catalogue.embedding();
		if (!model || (isLive && model.isRemote)) return null;
		return (await mayRead(model, textOf, localOnly)).every(Boolean) ? model : null;
	}

	return async (wanted) => {
		const { query, limit, signals, isLive = false, isMerging = true, interactionId, signal } = wanted;
		const found = await searchCode({
			query,
			limit,
			signals,
			stores: options.stores(),
			embedding: () => embedding(wanted),
			staticVectors: () => catalogue.staticVectors(),
			wordPiece: () => catalogue.wordPiece(),
			clock: ports.clock,
			onDemandMs: isLive ? 0 : settings().search.onDemandMs,
			isMerging,
			interactionId,
			readableBy: async (model, candidates) => {
				const places = candidates.map(({ payload, stores: { worktree } }) => ({ path: ports.files.join(worktree.path, payload.file_path) }));
				const isReadable = await mayRead(model, places, localOnly);
				return candidates.filter((_, index) => isReadable[index]);
			},
			...experienceSource(options.knowledge(), options.outcomes, settings().learning, ports.clock.nowMs(), options.pathWords),
			...(signal ? { signal } : {}),
		});
		if (!options.onVanished) return found;
		return { ...found, hits: await dropVanished(found.hits, options.stores(), ports.files, options.onVanished) };
	};
}
