import type { Schemas } from '@qdrant/js-client-rest';
import type { CollectionName, PayloadOf } from '#core/domain/collection';
import { termVector } from '#core/domain/terms';
import { searchedText } from '../searchedText.ts';
import type { VectorPoint } from '../vectorStore.ts';
import { type AverageTerms, lengthOf, type SparseVector, toSparse } from './sparseVectors.ts';
import { serverId, type Tenancy, type TenantFields, tenantOf } from './tenancy.ts';

export type ServerPoint = Schemas['PointStruct'];

/** What the server keeps of a point beside the payload that we gave it. */
export interface OwnFields extends TenantFields {
	/** What `setPayload` has stored: it outlives that the point is written again. */
	readonly patched?: Readonly<Record<string, unknown>>;
	/** Length of the text in terms, and the mean length, which its weights are relative to. */
	readonly text_terms?: number;
	readonly mean_terms?: number;
}

export type ServerPayload = Readonly<Record<string, unknown>> & OwnFields;

export interface ServerRecord {
	readonly id: string | number;
	readonly payload?: ServerPayload;
	readonly vector?: { readonly dense?: readonly number[]; readonly text?: SparseVector };
}

const OWN: readonly string[] = ['tenant', 'owner', 'point_id', 'patched', 'text_terms', 'mean_terms'] satisfies readonly (keyof OwnFields)[];

export interface FilePlace {
	readonly workspaceId: string;
	readonly filePath: string;
}

/** A point as it is written, whole. `vector` is what was linked by its content, and `patched` what is kept of the point before. */
export function toServerPoint<C extends CollectionName>(
	collection: C,
	point: VectorPoint<C>,
	options: {
		readonly tenancy: Tenancy;
		readonly staticDimension: number | null;
		readonly vector: readonly number[] | null;
		readonly patched: OwnFields['patched'];
		readonly averageTerms: AverageTerms;
	},
): ServerPoint {
	const { tenancy, patched, vector, staticDimension, averageTerms } = options;
	const payload = { ...point.payload, ...patched } as PayloadOf[C];
	const filePath = 'file_path' in payload ? payload.file_path : '';
	const text = point.lexical?.text ?? termVector(searchedText(collection, point.payload));
	const terms = { text, path: point.lexical?.path ?? termVector(filePath), symbol: point.lexical?.symbol };
	const sparse = (['text', 'path', 'symbol'] as const).flatMap((field) => {
		const vectorOf = terms[field];
		return vectorOf && vectorOf.hashes.length > 0 ? [[field, toSparse(vectorOf, averageTerms[field])] as const] : [];
	});
	const isStatic = collection === 'codebase-context' && point.staticVector?.length === staticDimension && point.staticVector.some((value) => value !== 0);
	const own: OwnFields = {
		tenant: tenantOf(tenancy, collection, payload),
		owner: tenancy.user,
		point_id: point.id,
		text_terms: lengthOf(text.counts),
		mean_terms: averageTerms.text,
		...(patched ? { patched } : {}),
	};
	return {
		id: serverId(tenancy.user, point.id),
		payload: { ...payload, ...own },
		vector: {
			...(vector ? { dense: [...vector] } : {}),
			...(isStatic && point.staticVector ? { static: [...point.staticVector] } : {}),
			...Object.fromEntries(sparse),
		},
	};
}

/** Our payload of what the server answered. */
export function payloadOf<C extends CollectionName>(payload: ServerPayload | undefined): PayloadOf[C] {
	return Object.fromEntries(Object.entries(payload ?? {}).filter(([key]) => !OWN.includes(key))) as unknown as PayloadOf[C];
}

/** The file that a chunk's record is of. */
export function placeOf({ payload }: ServerRecord): FilePlace {
	return { workspaceId: String(payload?.workspace_id ?? ''), filePath: String(payload?.file_path ?? '') };
}
