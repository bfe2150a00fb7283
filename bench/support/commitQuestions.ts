import { execFileSync } from 'node:child_process';
import { isTestFile } from '#core/ask/search/adjustByEditor';
import { gitFolder, type Instance } from './instances.ts';

/** A message with fewer words says too little to be a question. */
const FEWEST_WORDS = 14;
/** A commit of more files is not about one thing. */
const MOST_FILES = 6;
const MOST_GOLD = 2;
/** Lines that tell who, not what. */
const TRAILER = /^(?:co-authored-by|signed-off-by|reviewed-by|\(cherry).*$/gim;

/**
 * The history of a repository as questions: the message of a commit, asked of the code before it, is to find the one or two files other than
 * tests that the commit changes. Spread evenly over the commits since 2016 that are such.
 */
export function commitQuestions(repo: string, repos: string, limit: number): Instance[] {
	const { name, git } = gitFolder(repo, repos);
	const format = ['log', '--no-merges', '--no-renames', '--since=2016-01-01', '--reverse', '--name-status', '--format=%x01%H%x00%P%x00%B%x02'];
	const log = execFileSync('git', ['-C', git, ...format], { encoding: 'utf8', maxBuffer: 1e9 });
	const seen = new Set<string>();
	const found = log.split('\x01').flatMap((entry): Instance[] => {
		const [head = '', names = ''] = entry.split('\x02');
		const [commit = '', parents = '', body = ''] = head.split('\0');
		const files = names.trim().split('\n').filter(Boolean);
		const code = files.map((line) => line.split('\t')).filter(([, path = '']) => path.endsWith('.py') && !isTestFile(path));
		const message = body.replace(TRAILER, '').trim();
		const isOne = code.length >= 1 && code.length <= MOST_GOLD && files.length <= MOST_FILES && code.every(([state]) => state === 'M');
		if (!isOne || !/^\w+$/.test(parents) || (message.match(/[A-Za-z_]{2,}/g) ?? []).length < FEWEST_WORDS || seen.has(message)) return [];
		seen.add(message);
		const patch = code.map(([, path]) => `--- a/${path}`).join('\n');
		return [{ instance_id: `${name}-${commit.slice(0, 10)}`, repo, base_commit: parents, problem_statement: message, patch }];
	});
	const step = Math.max(1, found.length / limit);
	return Array.from({ length: Math.min(limit, found.length) }, (_, index) => found[Math.floor(index * step)]).filter((one) => one !== undefined);
}
