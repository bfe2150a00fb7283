import type { Evidence } from '#core/domain/experience';
import type { Signal } from '#core/domain/outcome';
import type { Settings } from '#core/settings';
import { AGENT_SHARE, isAgent, newestOf } from './combineSignals.ts';

/** Files that count fully; more of them share that. */
const FEW = 3;

/** A file that was edited after a question. */
export interface EditedFile {
	readonly place: string;
	/** What that says of it, in log-odds, above 0. */
	readonly logOdds: number;
	/** Whether the user edited it, and not an agent alone says so. */
	readonly isOfUser: boolean;
}

/**
 * The files that were edited for the sake of a question. Each file's newest word counts, the user's before an agent's; a change of many files is
 * about none of them in particular, so that all together weigh no more than three.
 */
export function editedFiles(signals: readonly Signal[], weights: Settings['learning']['weights']): readonly EditedFile[] {
	const files = new Map<string, EditedFile>();
	for (const { subject, source, value } of newestOf(signals.filter(({ kind }) => kind === 'edited-after'))) {
		const isOfUser = !isAgent(source);
		const logOdds = weights['edited-after'] * Math.min(1, value) * (isOfUser ? 1 : AGENT_SHARE);
		if (subject === null || !(logOdds > 0) || (files.get(subject)?.logOdds ?? 0) >= logOdds) continue;
		files.set(subject, { place: subject, logOdds, isOfUser });
	}
	const share = Math.min(1, FEW / files.size);
	return [...files.values()].map((file) => ({ ...file, logOdds: share * file.logOdds }));
}

/** What an outcome says of a file that was edited too: the evidence adds up in log-odds. */
export function withEdit(credit: Evidence | null, { logOdds }: EditedFile, timeMs: number): Evidence {
	const known = credit === null ? 0 : Math.log(credit.success / (1 - credit.success));
	const success = 1 / (1 + Math.exp(-(known + logOdds)));
	return { success, weight: Math.abs(2 * success - 1), timeMs };
}
