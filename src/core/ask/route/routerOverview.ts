import type { RouteExperience, RouterOverview, RouterRecord } from '#core/domain/route';

/** What outcomes say of each model and kind of work, for who wants to see what was learned. */
export function overviewOf(experiences: readonly RouteExperience[]): RouterOverview {
	const groups = new Map<string, RouteExperience[]>();
	for (const experience of experiences) {
		const key = JSON.stringify([experience.modelId, experience.features.workKind]);
		const group = groups.get(key);
		if (group) group.push(experience);
		else groups.set(key, [experience]);
	}
	const records = [...groups.values()].flatMap((group) => recordOf(group) ?? []);
	return { outcomes: experiences.length, records: records.sort((a, b) => (a.modelId === b.modelId ? b.outcomes - a.outcomes : a.modelId < b.modelId ? -1 : 1)) };
}

function recordOf(group: readonly RouteExperience[]): RouterRecord | null {
	const [first] = group;
	if (!first) return null;
	const weight = group.reduce((sum, experience) => sum + experience.weight, 0);
	return {
		modelId: first.modelId,
		workKind: first.features.workKind,
		outcomes: group.length,
		success: weight === 0 ? 0 : group.reduce((sum, experience) => sum + experience.weight * experience.success, 0) / weight,
		presumed: group.reduce((sum, { prior }) => sum + prior, 0) / group.length,
		lastMs: Math.max(...group.map(({ timeMs }) => timeMs)),
	};
}
