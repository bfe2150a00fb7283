import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Instance {
	readonly instance_id: string;
	readonly repo: string;
	readonly base_commit: string;
	readonly problem_statement: string;
	readonly patch: string;
}

/** Repositories whose history is only to be had from a fork. */
const ALIASES: Readonly<Record<string, string>> = {
	'django/django': 'felixxm/django',
	'scikit-learn/scikit-learn': 'thomasjpfan/scikit-learn',
	'matplotlib/matplotlib': 'timhoffm/matplotlib',
};
/** Files that the right patch changes. */
export function goldFiles({ patch }: Instance): string[] {
	return [...patch.matchAll(/^--- a\/(.+)$/gm)].map(([, path]) => path as string);
}

/** Where a repository is among those of a folder that are named owner+name. */
export function gitFolder(repo: string, repos: string): { readonly name: string; readonly git: string } {
	const name = (ALIASES[repo] ?? repo).replace('/', '+');
	const git = [join(repos, name, 'repo'), join(repos, name)].find((path) => existsSync(join(path, 'HEAD')) || existsSync(join(path, '.git')));
	if (!git) throw new Error(`There is no git repository ${name} in ${repos}`);
	return { name, git };
}
