import * as vscode from 'vscode';

/** What is used of the built-in git extension's API, version 1. */
interface GitRepository {
	readonly rootUri: vscode.Uri;
	readonly state: { readonly HEAD?: { readonly commit?: string } | undefined; readonly onDidChange: vscode.Event<void> };
	show(ref: string, path: string): Promise<string>;
}

interface GitApi {
	readonly repositories: readonly GitRepository[];
	readonly onDidOpenRepository: vscode.Event<GitRepository>;
}

/** Tells of new commits, with ways to read files as they are committed and as they were before. Silent where the git extension is absent or off. */
export function listenToCommits(
	onCommit: (root: vscode.Uri, read: (uri: vscode.Uri) => Promise<string>, readBefore: (uri: vscode.Uri) => Promise<string>) => void,
): vscode.Disposable {
	const subscriptions: vscode.Disposable[] = [];
	let isDisposed = false;
	const follow = (repository: GitRepository) => {
		let head = repository.state.HEAD?.commit;
		const subscription = repository.state.onDidChange(() => {
			const next = repository.state.HEAD?.commit;
			const before = head;
			head = next;
			if (before === undefined || next === undefined || next === before) return;
			const readAt = (commit: string) => (uri: vscode.Uri) => repository.show(commit, uri.fsPath);
			onCommit(repository.rootUri, readAt(next), readAt(before));
		});
		subscriptions.push(subscription);
	};
	const start = async () => {
		const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
		const api = (await extension?.activate())?.getAPI(1);
		if (!api || isDisposed) return;
		for (const repository of api.repositories) follow(repository);
		subscriptions.push(api.onDidOpenRepository(follow));
	};
	// Where git is switched off, its API throws: then commits tell nothing.
	start().catch(() => undefined);
	return {
		dispose: () => {
			isDisposed = true;
			for (const subscription of subscriptions) subscription.dispose();
		},
	};
}
