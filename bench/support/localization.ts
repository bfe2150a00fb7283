import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommitWords } from '#core/ask/search/commitHistory';
import type { CommitWords } from '#core/ask/search/commitWords';
import type { CommitsAgo } from '#core/ask/search/recentChanges';
import type { ScannedFile, Worktree } from '#core/domain/file';
import type { Ports } from '#core/ports';
import { openStores } from '#core/store/openStores';
import { commitsAgo, recentCommits } from '#node/recentCommits';
import { benchPorts } from './benchPorts.ts';
import { commitQuestions } from './commitQuestions.ts';
import { gitFolder, type Instance } from './instances.ts';

const MAX_BYTES = 1_000_000;

function readInstances(path: string): Instance[] {
	return readFileSync(path, 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Instance);
}

/** The options that `localization` and `tokens` share. Every fifth instance is for choosing parameters (`--part choose`), the others for reporting (`--part report`). */
export function readOptions(parameters: string[]) {
	const { values } = parseArgs({
		args: parameters,
		options: {
			instances: { type: 'string' },
			repos: { type: 'string' },
			cache: { type: 'string', default: join(tmpdir(), 'hybrid-bench-localization') },
			ranks: { type: 'string' },
			limit: { type: 'string' },
			offset: { type: 'string', default: '0' },
			repo: { type: 'string', multiple: true },
			part: { type: 'string' },
			commits: { type: 'string' },
		},
	});
	const { repos, commits, repo = [] } = values;
	if (!repos || (commits ? repo.length === 0 : !values.instances)) throw new Error('Name the data: --instances FILE.jsonl --repos DIR');
	const all = commits ? repo.flatMap((name) => commitQuestions(name, repos, Number(commits))) : readInstances(values.instances ?? '');
	const wanted = all
		.filter((_, index) => values.part === undefined || (index % 5 === 0) === (values.part === 'choose'))
		.filter(({ repo }) => !values.repo || values.repo.includes(repo))
		.sort((a, b) => a.repo.localeCompare(b.repo));
	const offset = Number(values.offset);
	return {
		instances: wanted.slice(offset, values.limit ? offset + Number(values.limit) : undefined),
		repos,
		cache: values.cache,
		ranks: values.ranks,
		part: values.part ?? 'all',
		commits: values.commits,
	};
}

/** One repository's index, moved from commit to commit; contents seen before are not chunked again. */
export class RepositoryAtCommit {
	readonly #git: string;
	readonly #ports: Ports;
	readonly #shaFile: string;
	readonly #shas: Map<string, string>;
	readonly worktree: Worktree;
	readonly stores: Awaited<ReturnType<typeof openStores>>;

	private constructor(options: { git: string; ports: Ports; folder: string; worktree: Worktree; stores: Awaited<ReturnType<typeof openStores>> }) {
		this.#git = options.git;
		this.#ports = options.ports;
		this.worktree = options.worktree;
		this.stores = options.stores;
		this.#shaFile = join(options.folder, 'shas.json');
		this.#shas = new Map(existsSync(this.#shaFile) ? (JSON.parse(readFileSync(this.#shaFile, 'utf8')) as [string, string][]) : []);
	}

	static async open(repo: string, repos: string, cache: string): Promise<RepositoryAtCommit> {
		const { name, git } = gitFolder(repo, repos);
		const ports = benchPorts(2);
		const folder = join(cache, name);
		mkdirSync(folder, { recursive: true });
		const id = Buffer.from(name).toString('hex').padEnd(16, '0').slice(0, 16);
		const worktree = { id, repositoryId: id, path: join(folder, 'files'), name };
		return new RepositoryAtCommit({ git, ports, folder, worktree, stores: await openStores({ ports, dataDirectory: folder, repositoryId: id }) });
	}

	/** What the commits up to this one touched, as a user at that commit would have it. */
	recentAt(commit: string): CommitsAgo {
		return commitsAgo(execFileSync('git', ['-C', this.#git, ...recentCommits(300, commit)], { encoding: 'utf8', maxBuffer: 1e9 }));
	}

	/** What the messages of the commits up to this one say of files, as in the product. */
	commitsAt(commit: string): Promise<CommitWords> {
		return readCommitWords(this.#ports.git, this.#git, commit);
	}

	/** Unix time of a commit in milliseconds. */
	timeOf(commit: string): number {
		return Number(execFileSync('git', ['-C', this.#git, 'show', '-s', '--format=%ct', commit], { encoding: 'utf8' }).trim()) * 1_000;
	}

	/** Makes the index that of the Python files at `commit`. Returns their paths. */
	async moveTo(commit: string): Promise<readonly string[]> {
		const listing = execFileSync('git', ['-C', this.#git, 'ls-tree', '-r', '-l', commit], { encoding: 'utf8', maxBuffer: 1e9 });
		const wanted = new Map<string, { blob: string; size: number }>();
		for (const line of listing.split('\n')) {
			const [, blob = '', size = '', path = ''] = /^\d+ blob (\w+) +(\d+)\t(.+)$/.exec(line) ?? [];
			if (path.endsWith('.py') && Number(size) > 0 && Number(size) <= MAX_BYTES) wanted.set(path, { blob, size: Number(size) });
		}
		const { manifest } = this.stores;
		const entries = await manifest.entries(this.worktree.id);
		await manifest.remove(
			this.worktree,
			[...entries.keys()].filter((path) => !wanted.has(path)),
		);
		const changed = [...wanted].filter(([path, { blob }]) => entries.get(path)?.contentHash !== this.#shas.get(blob) || !this.#shas.has(blob));
		const known = changed.flatMap(([path, { blob, size }]) => {
			const contentHash = this.#shas.get(blob);
			return contentHash ? [{ path, contentHash, language: 'python', sizeBytes: size, mtimeMs: 0 }] : [];
		});
		const outlines = await manifest.knownOutlines(known.map(({ contentHash }) => `${contentHash}:python`));
		await manifest.recordKnown(
			this.worktree,
			known.filter(({ contentHash }) => outlines.has(`${contentHash}:python`)),
		);
		await this.#process(changed.filter(([, { blob }]) => !outlines.has(`${this.#shas.get(blob)}:python`)));
		return [...wanted.keys()];
	}

	async close(): Promise<void> {
		writeFileSync(this.#shaFile, JSON.stringify([...this.#shas]));
		await this.stores.vectors.close();
		await this.#ports.processor.close();
	}

	async #process(files: readonly (readonly [string, { readonly blob: string; readonly size: number }])[]): Promise<void> {
		for (let start = 0; start < files.length; start += 400) {
			const batch = files.slice(start, start + 400);
			const contents = await readBlobs(
				this.#git,
				batch.map(([, { blob }]) => blob),
			);
			const scanned: ScannedFile[] = batch.map(([path, { blob, size }]) => {
				const place = join(this.worktree.path, path);
				mkdirSync(dirname(place), { recursive: true });
				writeFileSync(place, contents.get(blob) ?? '');
				return { path, sizeBytes: size, mtimeMs: 0 };
			});
			const processed = await this.#ports.processor.process(this.worktree.path, scanned, { languages: {}, maxFileBytes: MAX_BYTES });
			await this.stores.manifest.record(this.worktree, processed);
			for (const [index, file] of processed.entries()) if (file.status === 'chunked') this.#shas.set(batch[index]?.[1].blob ?? '', file.contentHash);
		}
		rmSync(this.worktree.path, { recursive: true, force: true });
	}
}

/** Contents of blobs, through one `git cat-file --batch`. */
function readBlobs(git: string, blobs: readonly string[]): Promise<Map<string, Buffer>> {
	return new Promise((resolve, reject) => {
		const child = spawn('git', ['-C', git, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'inherit'] });
		const parts: Buffer[] = [];
		child.stdout.on('data', (part: Buffer) => parts.push(part));
		child.on('error', reject);
		child.on('close', () => {
			const all = Buffer.concat(parts);
			const contents = new Map<string, Buffer>();
			for (let at = 0; at < all.length; ) {
				const end = all.indexOf(10, at);
				const [blob = '', , size = '0'] = all.toString('latin1', at, end).split(' ');
				contents.set(blob, all.subarray(end + 1, end + 1 + Number(size)));
				at = end + 2 + Number(size);
			}
			resolve(contents);
		});
		child.stdin.end(`${[...new Set(blobs)].join('\n')}\n`);
	});
}
