import type { BestPracticesPayload, ErrorSolutionsPayload, SkillsPatternsPayload } from '#core/domain/collection';
import type { VectorPoint } from '#core/store/vectorStore';
import { wordVector } from './knowledge.ts';
import { uuid } from './stores.ts';

const COMMON = {
	workspace_id: 'w1',
	repository_id: 'r1',
	scope: 'workspace',
	status: 'active',
	provenance: [],
	embedding_model: 'words-64',
} as const;

/** A skill whose id is made of a small number. */
export function skillPoint(number: number, more: Partial<SkillsPatternsPayload> = {}): VectorPoint<'skills-patterns'> {
	const payload: SkillsPatternsPayload = {
		...COMMON,
		skill_name: `skill ${number}`,
		description: `how to do thing ${number}`,
		usage_pattern: `do thing ${number} step by step`,
		success_examples: [],
		failure_examples: [],
		prerequisites: [],
		related_skills: [],
		value_score: 0.8,
		last_updated: new Date(number * 1_000).toISOString(),
		content_hash: `skill-${number}`,
		...more,
	};
	return { id: uuid(number), vector: wordVector([payload.skill_name, payload.description, payload.usage_pattern].join('\n')), payload };
}

export function errorPoint(number: number, more: Partial<ErrorSolutionsPayload> = {}): VectorPoint<'error-solutions'> {
	const payload: ErrorSolutionsPayload = {
		...COMMON,
		error_message: `error ${number}`,
		error_type: 'typescript',
		context: '',
		solution: `fix ${number}`,
		solution_verified: true,
		success_count: 3,
		failure_count: 1,
		first_seen: new Date(number * 1_000).toISOString(),
		last_used: null,
		confidence_score: 0.7,
		content_hash: `error-${number}`,
		...more,
	};
	return { id: uuid(number), vector: wordVector(payload.error_message), payload };
}

export function practicePoint(number: number, more: Partial<BestPracticesPayload> = {}): VectorPoint<'best-practices'> {
	const payload: BestPracticesPayload = {
		...COMMON,
		category: 'contributing',
		title: `practice ${number}`,
		description: `always do ${number}`,
		examples: [],
		anti_patterns: [],
		references: ['CONTRIBUTING.md:1-3'],
		endorsement_count: 0,
		last_validated: new Date(number * 1_000).toISOString(),
		content_hash: `practice-${number}`,
		...more,
	};
	return { id: uuid(number), vector: wordVector(`${payload.title}\n${payload.description}`), payload };
}
