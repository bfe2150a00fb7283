import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A clone that may be written to. */
export interface WorkspaceCopy {
	readonly name: string;
	readonly path: string;
	/** Source files of TypeScript and Python that are neither tests nor examples, relative with `/`. */
	readonly sources: readonly string[];
	/** Commits without merges, newest first, with the files they changed. */
	readonly commits: readonly { readonly subject: string; readonly files: readonly string[] }[];
	read(file: string): string;
	write(file: string, text: string): void;
}

const COMMITS = 1_500;
const SOURCE = /\.(?:ts|tsx|py)$/;
const NOT_SOURCE = /(?:^|\/)(?:tests?|__tests__|runtime-tests|benchmarks?|perf-measures|docs?|examples?|build|scripts)\/|\.(?:test|spec|d)\.tsx?$|(?:^|\/)conftest\.py$/;

/** Clones a repository below `into`, with its history: what changed lately is part of what a search knows. */
export function copyWorkspace(repository: string, into: string): WorkspaceCopy {
	const name = basename(repository);
	const path = join(into, name);
	const git = (...parameters: readonly string[]) => execFileSync('git', parameters, { encoding: 'utf8', maxBuffer: 1 << 28 });
	git('clone', '--quiet', repository, path);
	const sources = git('-C', path, 'ls-files')
		.split('\n')
		.filter((file) => SOURCE.test(file) && !NOT_SOURCE.test(file));
	const commits = git('-C', path, 'log', '--no-merges', '--name-only', `-${COMMITS}`, '--format=%x00%s')
		.split('\0')
		.slice(1)
		.map((entry) => {
			const [subject = '', ...files] = entry.split('\n');
			return { subject, files: files.filter((file) => file !== '') };
		});
	return {
		name,
		path,
		sources,
		commits,
		read: (file) => readFileSync(join(path, file), 'utf8'),
		write: (file, text) => writeFileSync(join(path, file), text),
	};
}
