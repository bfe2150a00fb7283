import { chance, shuffled } from './chance.ts';
import { compareProblems, type Linter, type LintProblem } from './linter.ts';
import type { WorkspaceCopy } from './workspaceCopy.ts';

/** A real file with one error that a tool reports, made by undoing what is right in it. */
export interface BrokenCode {
	readonly key: string;
	/** Which way it was broken. */
	readonly way: string;
	readonly workspace: string;
	readonly file: string;
	readonly right: string;
	readonly broken: string;
	readonly problems: readonly LintProblem[];
	readonly problem: LintProblem;
}

interface Way {
	readonly name: string;
	readonly files: RegExp;
	readonly place: RegExp;
	readonly breaks: (...groups: readonly string[]) => string;
}

const TYPESCRIPT = /\.tsx?$/;
const PYTHON = /\.py$/;
const WAYS: readonly Way[] = [
	{ name: 'loose-equality', files: TYPESCRIPT, place: /===/g, breaks: () => '==' },
	{ name: 'loose-inequality', files: TYPESCRIPT, place: /!==/g, breaks: () => '!=' },
	{ name: 'let-for-const', files: TYPESCRIPT, place: /\bconst (?=\w+ =)/g, breaks: () => 'let ' },
	{ name: 'import-without-type', files: TYPESCRIPT, place: /^import type /gm, breaks: () => 'import ' },
	{ name: 'needless-template', files: TYPESCRIPT, place: /'([\w .-]{3,40})'(?=[,;)\]])/g, breaks: (_, text = '') => `\`${text}\`` },
	{ name: 'chain-of-conditions', files: TYPESCRIPT, place: /(?<![\w.$)\]])(\w+)\?\.(\w+)/g, breaks: (_, object = '', name = '') => `${object} && ${object}.${name}` },
	{ name: 'computed-name', files: TYPESCRIPT, place: /(?<=\w)\.(\w{4,})(?=[ ;,)])/g, breaks: (_, name = '') => `['${name}']` },
	{ name: 'no-colon', files: PYTHON, place: /(?<=^ *(?:def|class|if|for|with|elif|while) [^\n]*):$/gm, breaks: () => '' },
	{ name: 'assignment-in-condition', files: PYTHON, place: /(?<=^ *(?:el)?if [^\n=]*)==/gm, breaks: () => '=' },
	{ name: 'open-bracket', files: PYTHON, place: /(?<=^ +\w+ = \w+\([^()\n]*)\)$/gm, breaks: () => '' },
];
const TRIES = 40;

/** As many errors as wanted, the ways in turn, each in another place; fewer where the workspaces have no more. */
export function breakCode(workspaces: readonly WorkspaceCopy[], linter: Linter, count: number, seed: number): BrokenCode[] {
	const made: BrokenCode[] = [];
	const isUsed = new Set<string>();
	const files = workspaces.flatMap((workspace) => workspace.sources.map((file) => ({ workspace, file })));
	for (let round = 0; made.length < count && round < count; round++) {
		for (const way of WAYS) {
			if (made.length >= count) break;
			const broken = shuffled(
				files.filter(({ file }) => way.files.test(file)),
				seed,
				way.name,
				round,
			)
				.slice(0, TRIES)
				.reduce<BrokenCode | null>((found, { workspace, file }) => found ?? breakFile(way, workspace, file, linter, `${seed}:${round}`, isUsed), null);
			if (broken) made.push(broken);
		}
	}
	return made;
}

function breakFile(way: Way, workspace: WorkspaceCopy, file: string, linter: Linter, key: string, isUsed: Set<string>): BrokenCode | null {
	const right = workspace.read(file);
	const places = [...right.matchAll(way.place)];
	const place = places[Math.floor(chance(key, way.name, file) * places.length)];
	const id = `${workspace.name}:${file}:${way.name}:${place?.index}`;
	if (!place || isUsed.has(id)) return null;
	const broken = right.slice(0, place.index) + way.breaks(...place) + right.slice(place.index + place[0].length);
	const [before, problems] = [linter.problems(file, right), linter.problems(file, broken)];
	const added = problems.filter((problem) => compareProblems(problems, before, problem).isCleared);
	// Of several alike, the one at the place.
	const [problem] = added.toSorted((a, b) => Math.abs(a.offset - place.index) - Math.abs(b.offset - place.index));
	if (problems.length !== before.length + 1 || !problem) return null;
	isUsed.add(id);
	return { key: id, way: way.name, workspace: workspace.name, file, right, broken, problems, problem };
}
