import * as vscode from 'vscode';

/** Names of tasks that build or test, where the task does not say so itself. */
const TELLING = /\b(?:tests?|specs?|build|compile|check|lint|typecheck|verify)\b/i;

/**
 * Tells of build and test tasks that ended. One that failed and had failed before too is not told of: it says nothing of what came
 * between.
 */
export function listenToTasks(onEnd: (name: string, hasPassed: boolean) => void): vscode.Disposable {
	const failedBefore = new Set<string>();
	return vscode.tasks.onDidEndTaskProcess(({ execution: { task }, exitCode }) => {
		if (exitCode === undefined) return;
		const { Build, Test } = vscode.TaskGroup;
		if (task.group?.id !== Build.id && task.group?.id !== Test.id && !TELLING.test(task.name)) return;
		const name = `${task.source}: ${task.name}`;
		const hasPassed = exitCode === 0;
		const isNews = hasPassed || !failedBefore.has(name);
		if (hasPassed) failedBefore.delete(name);
		else failedBefore.add(name);
		if (isNews) onEnd(name, hasPassed);
	});
}
