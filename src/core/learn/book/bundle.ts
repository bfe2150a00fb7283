import { z } from 'zod';
import { CoordinatorError } from '#core/base/errors';
import type { LearnedCollection } from '#core/domain/knowledge';

/**
 * A bundle is JSON lines: a header, then one item a line. It carries no vectors, and nothing that is of one machine alone (workspaces, places
 * of code, ids of what was sent).
 */
export const BUNDLE_FORMAT = 'hybrid-knowledge';
export const BUNDLE_VERSION = 1;

const MOST_CHARACTERS = 64_000_000;
const MOST_ITEMS = 100_000;

const text = z.string().max(20_000);
const texts = z.array(z.string().max(8_000)).max(200);
const share = z.number().min(0).max(1);
const count = z.number().int().min(0).max(1_000_000_000);
const time = z
	.string()
	.max(40)
	.refine((value) => !Number.isNaN(Date.parse(value)));
const outcome = z.enum(['success', 'partial', 'failure']);

const common = {
	repository_id: z.string().max(64).nullable(),
	scope: z.enum(['workspace', 'global']),
	status: z.enum(['proposed', 'active', 'retired']),
	provenance: z.array(z.string().max(200)).max(1_000),
};

/** What each collection's items must look like; what else a line holds is dropped. */
const PAYLOADS = {
	'skills-patterns': z.object({
		...common,
		skill_name: text.min(1),
		description: text,
		usage_pattern: text,
		success_examples: texts,
		failure_examples: texts,
		prerequisites: texts,
		related_skills: texts,
		value_score: share,
		last_updated: time,
		evidence: z
			.array(
				z.object({
					interaction_id: z.string().max(64),
					conversation_id: z.string().max(64),
					role: z.enum(['source', 'used']),
					outcome,
					text: z.string().max(400),
					value_score: share,
					timestamp: time,
				}),
			)
			.max(100)
			.optional(),
	}),
	'error-solutions': z.object({
		...common,
		error_message: text.min(1),
		error_type: z.string().max(200),
		context: text,
		solution: text,
		solution_verified: z.boolean(),
		success_count: count,
		failure_count: count,
		first_seen: time,
		last_used: time.nullable(),
		confidence_score: share,
	}),
	'best-practices': z.object({
		...common,
		category: z.string().max(200),
		title: text.min(1),
		description: text,
		examples: texts,
		anti_patterns: texts,
		references: texts,
		endorsement_count: count,
		last_validated: time,
	}),
	'interaction-history': z.object({
		...common,
		query: text.min(1),
		response: text,
		agent_type: z.enum(['local', 'remote']),
		model_used: z.string().max(400),
		outcome: outcome.nullable(),
		user_feedback: z.union([z.literal(-1), z.literal(0), z.literal(1)]),
		tokens_used: count,
		latency_ms: count,
		timestamp: time,
		value_score: share,
		conversation_id: z.string().max(64).optional(),
	}),
} as const;

export type BundlePayload = { readonly [C in LearnedCollection]: Readonly<z.infer<(typeof PAYLOADS)[C]>> };
export type BundleItem = { [C in LearnedCollection]: { readonly collection: C; readonly id: string; readonly payload: BundlePayload[C] } }[LearnedCollection];

const HEADER = z.object({ format: z.literal(BUNDLE_FORMAT), version: z.number().int().min(1), items: z.number().int().min(0).max(MOST_ITEMS) });
const ITEM = z.discriminatedUnion('collection', [
	z.object({ collection: z.literal('skills-patterns'), id: z.uuid(), payload: PAYLOADS['skills-patterns'] }),
	z.object({ collection: z.literal('error-solutions'), id: z.uuid(), payload: PAYLOADS['error-solutions'] }),
	z.object({ collection: z.literal('best-practices'), id: z.uuid(), payload: PAYLOADS['best-practices'] }),
	z.object({ collection: z.literal('interaction-history'), id: z.uuid(), payload: PAYLOADS['interaction-history'] }),
]);

/** Drops what a bundle does not carry. Null for an item that does not fit a bundle. */
export function toBundleItem(collection: LearnedCollection, id: string, payload: unknown): BundleItem | null {
	const result = ITEM.safeParse({ collection, id, payload });
	return result.success ? result.data : null;
}

export function writeBundle(items: readonly BundleItem[]): string {
	const lines = [{ format: BUNDLE_FORMAT, version: BUNDLE_VERSION, items: items.length }, ...items];
	return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The items of a bundle. Throws `bundle-newer` or, with the line, `bundle-invalid`, whatever is wrong with it: never a part of one. */
export function readBundle(bundle: string): readonly BundleItem[] {
	if (bundle.length > MOST_CHARACTERS) throw invalid(`It is larger than ${MOST_CHARACTERS / 1_000_000} million characters.`, 0);
	const lines = bundle.split(/\r?\n/);
	while (lines.at(-1)?.trim() === '') lines.pop();
	const header = parseLine(lines[0] ?? '', 1);
	const version = z.object({ format: z.literal(BUNDLE_FORMAT), version: z.number() }).safeParse(header);
	if (version.success && version.data.version > BUNDLE_VERSION) {
		throw new CoordinatorError('bundle-newer', `The bundle was written by a newer version (format ${version.data.version}, this one knows ${BUNDLE_VERSION}).`, {
			details: { version: version.data.version, known: BUNDLE_VERSION },
		});
	}
	const { success, data } = HEADER.safeParse(header);
	if (!success) throw invalid('Its first line is not the header of a bundle.', 1);
	if (data.items !== lines.length - 1) throw invalid(`It should have ${data.items} items and has ${lines.length - 1}: it was cut off or changed.`, lines.length);
	return lines.slice(1).map((line, index) => {
		const item = ITEM.safeParse(parseLine(line, index + 2));
		if (item.success) return item.data;
		const [issue] = item.error.issues;
		throw invalid(`An item is not as it should be${issue ? ` at ${issue.path.join('.') || 'its start'}` : ''}.`, index + 2);
	});
}

function parseLine(line: string, number: number): unknown {
	try {
		return JSON.parse(line);
	} catch (cause) {
		throw invalid('A line is not JSON.', number, cause);
	}
}

function invalid(why: string, line: number, cause?: unknown): CoordinatorError {
	return new CoordinatorError('bundle-invalid', `This is not a bundle that can be imported${line > 0 ? ` (line ${line})` : ''}. ${why}`, { details: { line }, cause });
}
