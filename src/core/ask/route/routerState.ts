import { CoordinatorError } from '#core/base/errors';
import type { RouteExperience } from '#core/domain/route';
import { PLAIN_COUNT } from './features.ts';

const VERSION = 1;

/** What a router has learned, as JSON: numbers about questions, never their text. */
export interface ExportedRouterState {
	readonly version: number;
	readonly experiences: readonly ExportedExperience[];
}

type ExportedExperience = Omit<RouteExperience, 'features'> & {
	readonly features: Omit<RouteExperience['features'], 'plain' | 'vector'> & {
		readonly plain: readonly number[];
		readonly vector: { readonly modelId: string; readonly values: readonly number[] } | null;
	};
};

export function exportExperiences(experiences: readonly RouteExperience[]): ExportedRouterState {
	return {
		version: VERSION,
		experiences: experiences.map(({ interactionId, modelId, timeMs, success, weight, prior, features: { workKind, difficulty, plain, vector } }) => ({
			interactionId,
			modelId,
			timeMs,
			success,
			weight,
			prior,
			features: { workKind, difficulty, plain: [...plain], vector: vector && { modelId: vector.modelId, values: [...vector.values] } },
		})),
	};
}

/** Throws `invalid-argument` where the state is of another version or damaged, so that nothing of it is taken. */
export function importExperiences(state: unknown): RouteExperience[] {
	const { version, experiences } = (state ?? {}) as Partial<ExportedRouterState>;
	if (version !== VERSION || !Array.isArray(experiences) || !experiences.every(isExperience)) {
		throw new CoordinatorError('invalid-argument', `This is not a router's state of version ${VERSION}.`);
	}
	return experiences.map((experience) => {
		const { plain, vector, workKind, difficulty } = experience.features;
		return {
			...experience,
			features: { workKind, difficulty, plain: Float32Array.from(plain), vector: vector && { modelId: vector.modelId, values: Float32Array.from(vector.values) } },
		};
	});
}

function isExperience(value: ExportedExperience | undefined): boolean {
	const { interactionId, modelId, timeMs, success, weight, prior, features } = value ?? ({} as Partial<ExportedExperience>);
	const { vector, plain, workKind, difficulty } = features ?? ({} as Partial<ExportedExperience['features']>);
	return (
		[interactionId, modelId, workKind].every((text) => typeof text === 'string') &&
		[success, prior].every(isShare) &&
		isShare(weight) &&
		weight !== 0 &&
		[timeMs, difficulty].every(Number.isFinite) &&
		Array.isArray(plain) &&
		plain.length === PLAIN_COUNT &&
		plain.every(Number.isFinite) &&
		(vector === null || (typeof vector?.modelId === 'string' && Array.isArray(vector.values) && vector.values.every(Number.isFinite)))
	);
}

const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 1;
