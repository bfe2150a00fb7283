import { CoordinatorError } from '#core/base/errors';
import { COLLECTION_NAMES, type CollectionName } from '#core/domain/collection';
import { type QdrantTransport, WRITE_TIMEOUT_MS } from './qdrantTransport.ts';
import { type Tenancy, uuidOf } from './tenancy.ts';

/** How collections are made; what exists stays as it is. */
export interface QdrantLayout {
	/** Before every name, so that several deployments share a server. */
	readonly prefix: string;
	readonly shards: number;
	readonly replicas: number;
	/** Whether vectors and their indexes lie on disk. */
	readonly isOnDisk: boolean;
	readonly quantization: 'none' | 'int8';
	/** Length of static vectors; null: there are none. */
	readonly staticDimension: number | null;
}

export interface EmbeddingSpace {
	readonly model: string;
	readonly dimension: number;
}

/** Fields that are filtered by, each with an index: a server in strict mode refuses others. */
const INDEXED = ['owner', 'point_id', 'workspace_id', 'file_path', 'content_hash', 'language', 'status', 'scope'] as const;

/**
 * Names and makes collections. Each is one physical collection an embedding model, `PREFIXcollection.MODEL`, since the length of vectors is fixed when it
 * is made; an alias a user, `PREFIXcollection.of-USER`, says in which the user's points are. Users of one model share a physical collection.
 */
export class QdrantCollections {
	readonly #transport: QdrantTransport;
	readonly #layout: QdrantLayout;
	readonly #user: string;
	readonly #made = new Map<string, Promise<void>>();
	#aliases: Promise<Map<string, string>> | null = null;

	constructor(transport: QdrantTransport, layout: QdrantLayout, { user }: Tenancy) {
		this.#transport = transport;
		this.#layout = layout;
		this.#user = user;
	}

	/** The physical collection of a model; without one, of words alone. */
	nameFor(collection: CollectionName, space: EmbeddingSpace | null): string {
		const { prefix } = this.#layout;
		if (!space) return `${prefix}${collection}.words`;
		const readable = space.model.replace(/[^A-Za-z0-9]+/g, '-').slice(-40);
		return `${prefix}${collection}.${readable}-${uuidOf(space.model).slice(0, 8)}`;
	}

	/** Whole files as documents; without vectors of a model, so one for all. */
	get files(): string {
		return `${this.#layout.prefix}codebase-files`;
	}

	/** Where the user's points are; null: nowhere yet. */
	async current(collection: CollectionName): Promise<string | null> {
		// Only what was found is remembered: another process may make it at any time.
		const known = (await this.#aliases?.catch(() => null))?.get(this.#alias(collection));
		if (known !== undefined) return known;
		const aliases = this.#readAliases();
		this.#aliases = aliases;
		return (await aliases).get(this.#alias(collection)) ?? null;
	}

	/** Where points are read: where the user's are, else where others of the same model have theirs; null: nowhere. */
	async readable(collection: CollectionName, space: EmbeddingSpace | null): Promise<string | null> {
		const own = await this.current(collection);
		if (own !== null) return own;
		const name = this.nameFor(collection, space);
		const { exists } = await this.#transport.request<{ readonly exists: boolean }>('GET', `/collections/${name}/exists`);
		return exists ? name : null;
	}

	/** Where the user's points are, made for `space` when nowhere yet. */
	async require(collection: CollectionName, space: EmbeddingSpace | null): Promise<string> {
		const known = await this.current(collection);
		if (known !== null) return known;
		const name = await this.make(collection, space);
		await this.point(collection, name);
		return name;
	}

	/** Makes the physical collection of a model unless it is there. Rejects with `dimension-changed` when it is there for another length. */
	async make(collection: CollectionName, space: EmbeddingSpace | null): Promise<string> {
		const name = this.nameFor(collection, space);
		const { isOnDisk, staticDimension } = this.#layout;
		const vector = (size: number) => ({ size, distance: 'Cosine', on_disk: isOnDisk });
		const vectors = {
			...(space ? { dense: vector(space.dimension) } : {}),
			...(collection === 'codebase-context' && staticDimension !== null ? { static: vector(staticDimension) } : {}),
		};
		await this.#once(name, () => this.#create(name, vectors, ['text', 'path', 'symbol'], INDEXED));
		if (space) await this.#checkDimension(name, space);
		return name;
	}

	async makeFiles(): Promise<string> {
		await this.#once(this.files, () => this.#create(this.files, {}, ['text'], ['owner', 'workspace_id', 'file_path']));
		return this.files;
	}

	/** Lets the user's alias point to a physical collection; readers see the one or the other, never neither. */
	async point(collection: CollectionName, name: string): Promise<void> {
		const alias = this.#alias(collection);
		const before = await this.current(collection);
		const actions = [...(before === null ? [] : [{ delete_alias: { alias_name: alias } }]), { create_alias: { collection_name: name, alias_name: alias } }];
		await this.#transport.request('POST', '/collections/aliases', { body: { actions }, timeoutMs: WRITE_TIMEOUT_MS });
		this.forget();
	}

	/** Asks the server again for what was known of it: somebody else may have changed it. */
	forget(): void {
		this.#aliases = null;
		this.#made.clear();
	}

	/** Every alias and collection that is this user's or this prefix's, for tests and for moving away. */
	async all(): Promise<readonly string[]> {
		const { collections } = await this.#transport.request<{ readonly collections: readonly { readonly name: string }[] }>('GET', '/collections');
		return collections
			.map(({ name }) => name)
			.filter((name) => COLLECTION_NAMES.some((collection) => name.startsWith(`${this.#layout.prefix}${collection}.`)) || name === this.files);
	}

	#alias(collection: CollectionName): string {
		return `${this.#layout.prefix}${collection}.of-${uuidOf(this.#user).slice(0, 13)}`;
	}

	async #readAliases(): Promise<Map<string, string>> {
		const { aliases } = await this.#transport.request<{ readonly aliases: readonly { readonly alias_name: string; readonly collection_name: string }[] }>(
			'GET',
			'/aliases',
		);
		return new Map(aliases.map(({ alias_name, collection_name }) => [alias_name, collection_name]));
	}

	#once(name: string, make: () => Promise<void>): Promise<void> {
		const making = this.#made.get(name) ?? make();
		this.#made.set(name, making);
		making.catch(() => this.#made.delete(name));
		return making;
	}

	async #create(name: string, vectors: object, sparse: readonly string[], indexed: readonly string[]): Promise<void> {
		const { isOnDisk, quantization, shards, replicas } = this.#layout;
		const { exists } = await this.#transport.request<{ readonly exists: boolean }>('GET', `/collections/${name}/exists`);
		if (!exists) {
			const body = {
				vectors,
				sparse_vectors: Object.fromEntries(sparse.map((field) => [field, { modifier: 'idf', index: { on_disk: isOnDisk } }])),
				...(quantization === 'int8' ? { quantization_config: { scalar: { type: 'int8', quantile: 0.99, always_ram: true } } } : {}),
				// A graph for each tenant and workspace, and none over all of them: no search crosses tenants.
				hnsw_config: { m: 0, payload_m: 16 },
				on_disk_payload: true,
				shard_number: shards,
				replication_factor: replicas,
			};
			try {
				await this.#transport.request('PUT', `/collections/${name}`, { body, timeoutMs: WRITE_TIMEOUT_MS });
			} catch (error) {
				// Another user was faster.
				if (!(CoordinatorError.is(error, 'server-error') && error.details.status === 409)) throw error;
			}
		}
		const index = (field_name: string, field_schema: object) =>
			this.#transport.request('PUT', `/collections/${name}/index?wait=true`, { body: { field_name, field_schema }, timeoutMs: WRITE_TIMEOUT_MS });
		await index('tenant', { type: 'keyword', is_tenant: true });
		for (const field of indexed) await index(field, { type: 'keyword' });
	}

	async #checkDimension(name: string, { model, dimension }: EmbeddingSpace): Promise<void> {
		const info = await this.#transport.request<{ readonly config?: { readonly params?: { readonly vectors?: { readonly dense?: { readonly size?: number } } } } }>(
			'GET',
			`/collections/${name}`,
		);
		const size = info.config?.params?.vectors?.dense?.size;
		if (size === undefined || size === dimension) return;
		throw new CoordinatorError('dimension-changed', `The embedding model ${model} gives ${dimension} numbers; its stored vectors have ${size}.`, {
			details: { model, before: size, now: dimension },
		});
	}
}
