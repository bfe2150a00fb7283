/** Arguments of `git` for the files that the last commits touched, up to `revision`; what it prints is read by `commitsAgo`. */
export function recentCommits(commits: number, revision = 'HEAD'): readonly string[] {
	return ['log', `-n${commits}`, '--format=%x00%x00%ct', '--name-only', '-z', '--relative', '--no-renames', revision, '--', '.'];
}

/** By path: how many commits ago it was last touched, 0 by the last one. */
export function commitsAgo(log: string): ReadonlyMap<string, number> {
	const changed = new Map<string, number>();
	let commit = -1;
	let expectsTime = false;
	for (const field of log.split('\0')) {
		if (field === '') expectsTime = true;
		else if (expectsTime && /^\d{6,12}\n?$/.test(field)) {
			commit++;
			expectsTime = false;
		} else {
			const path = field.replace(/^\n/, '');
			if (!changed.has(path)) changed.set(path, commit);
			expectsTime = false;
		}
	}
	return changed;
}
