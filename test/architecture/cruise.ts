import { cruise, type ICruiseResult } from 'dependency-cruiser';
import configuration from '../../.dependency-cruiser.mjs';

export interface Violation {
	readonly rule: string;
	readonly from: string;
	readonly to: string;
}

/** Cruises `src` below a folder that has the repository's package.json (for `#` imports). */
export async function cruiseSources(folder: string): Promise<{ readonly modules: number; readonly violations: readonly Violation[] }> {
	const { output } = await cruise(['src'], {
		...(configuration.options as object),
		baseDir: folder,
		validate: true,
		ruleSet: { forbidden: configuration.forbidden as never },
		outputType: undefined as never,
	});
	const { modules, summary } = output as ICruiseResult;
	return {
		modules: modules.filter(({ source }) => source.startsWith('src/')).length,
		violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
	};
}
