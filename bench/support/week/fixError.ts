import { join } from 'node:path';
import type { FixOutcome, LearnedFixRequest, Signal } from '#protocol/messages';
import { idOf } from './chance.ts';
import type { CoordinatorProcess } from './coordinatorProcess.ts';
import { compareProblems } from './linter.ts';
import type { ErrorRecord, LiveOptions } from './liveWeek.ts';
import type { Task } from './plan.ts';

/** Tries of a model, as somebody has patience for. */
const TRIES = 3;

/** An error appears in a file, is fixed by what was learned or by a model, and is looked at again by the tool that reported it. */
export async function fixError(
	{ code, key }: Extract<Task, { type: 'error' }>,
	options: LiveOptions & {
		readonly process: CoordinatorProcess;
		readonly report: (signals: readonly Signal[]) => Promise<void>;
		readonly nowMs: () => number;
	},
): Promise<Omit<ErrorRecord, 'day'>> {
	const { process, report, nowMs, seed, servers, linter } = options;
	const workspace = options.workspaces.find(({ name }) => name === code.workspace);
	if (!workspace) throw new Error('The error is of no workspace.');
	const path = join(workspace.path, code.file);
	const save = async (text: string) => {
		workspace.write(code.file, text);
		await process.notify('files/changed', { changes: [{ path, kind: 'changed' }] });
	};
	const { problem } = code;
	const request: LearnedFixRequest = {
		...{ path, languageId: languageOf(code.file), text: code.broken },
		diagnostic: { message: problem.message, source: problem.source, code: problem.code, offset: problem.offset },
	};
	/** What the editor would say of a fix, told to who learns from it. */
	const judge = async (after: string, interactionIds: readonly string[]): Promise<boolean> => {
		const { isCleared, hasNew } = compareProblems(code.problems, linter.problems(code.file, after), problem);
		const isVerified = isCleared && !hasNew;
		await process.request('fix/record', { ...request, after, isVerified, interactionIds } satisfies FixOutcome);
		return isVerified;
	};
	servers.wish = { key, code };
	await save(code.broken);
	let modelAnswers = 0;
	const end = async (offer: ErrorRecord['offer'], isFixed: boolean) => {
		await save(code.right);
		return { type: 'error' as const, way: code.way, offer, isFixed, modelAnswers };
	};

	const [offer] = await process.request('fix/offer', request);
	if (offer) {
		const after = applyEdits(code.broken, offer.edits);
		await save(after);
		if (await judge(after, [])) return end(after === code.right ? 'right' : 'wrong', true);
		await save(code.broken);
	}
	let before: string | undefined;
	for (let attempt = 0; attempt < TRIES; attempt++) {
		modelAnswers++;
		const diagnostic = { path, line: problem.line, severity: 'error' as const, message: problem.message, source: problem.source, code: problem.code };
		const proposal = await process.request('fix/propose', {
			...{ interactionId: idOf(seed, key, attempt), path, text: code.broken, language: request.languageId, diagnostics: [diagnostic] },
			...(before === undefined ? {} : { retryOf: before }),
		});
		before = proposal.interactionId;
		const [file, ...others] = proposal.status === 'proposed' ? proposal.files : [];
		if (file?.path !== path || others.length > 0) continue;
		const after = replaceLines(code.broken, file.edits);
		await save(after);
		const isVerified = await judge(after, [proposal.interactionId]);
		const about = { interactionId: proposal.interactionId, subject: code.file, timeMs: nowMs() };
		await report([
			{ id: `edit-applied:${before}`, kind: 'edit-applied', value: 1, source: 'user', ...about },
			{ id: `diagnostics:${before}`, kind: 'diagnostics', value: isVerified ? 1 : -1, source: 'editor', ...about },
			...(isVerified
				? [{ id: `edit-survived:${before}`, kind: 'edit-survived' as const, value: 1, source: 'editor', ...about }]
				: [{ id: `edit-reverted:${before}`, kind: 'edit-reverted' as const, value: -1, source: 'editor', ...about }]),
		]);
		if (isVerified) return end(offer ? 'wrong' : 'none', true);
		await save(code.broken);
	}
	return end(offer ? 'wrong' : 'none', false);
}

function languageOf(file: string): string {
	return file.endsWith('.py') ? 'python' : file.endsWith('.tsx') ? 'tsx' : 'typescript';
}

function applyEdits(text: string, edits: readonly { readonly start: number; readonly end: number; readonly text: string }[]): string {
	return [...edits].reverse().reduce((result, { start, end, text: replacement }) => result.slice(0, start) + replacement + result.slice(end), text);
}

function replaceLines(text: string, edits: readonly { readonly search: readonly string[]; readonly replace: readonly string[] }[]): string {
	return edits.reduce((result, { search, replace }) => result.replace(search.join('\n'), () => replace.join('\n')), text);
}
