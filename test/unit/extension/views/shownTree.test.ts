import { describe, expect, it } from 'vitest';
import { ShownTree } from '../../../../src/extension/views/shownTree.ts';
import type { TreeNode } from '../../../../src/extension/views/treeNode.ts';

interface Row extends TreeNode {
	readonly latencyMs: number;
}

/** A tree over rows that change while it is looked at. */
function world() {
	let read = async (): Promise<Row[]> => [];
	const asked: boolean[] = [];
	let changes = 0;
	const tree = new ShownTree<Row>(
		(isFresh) => {
			asked.push(isFresh);
			return read();
		},
		() => changes++,
	);
	return {
		tree,
		asked,
		changes: () => changes,
		show: (next: () => Promise<Row[]>) => {
			read = next;
		},
	};
}
const server = (description: string, latencyMs: number, models: readonly string[] = ['tiny']): Row => ({
	id: 'server',
	label: 'server',
	description,
	latencyMs,
	children: () => models.map((id) => ({ id, label: id })),
});

describe('a tree that is read again and again', () => {
	it('is drawn anew only where a row looks different, at any depth, and keeps its rows else', async () => {
		const { tree, changes, show } = world();
		show(async () => [server('answers', 10)]);
		const before = await tree.roots();
		show(async () => [server('answers', 20)]);
		await tree.refresh(false);
		expect(changes()).toBe(0);
		expect((await tree.roots())[0]).toBe(before[0]);
		show(async () => [server('answers', 30, ['tiny', 'large'])]);
		await tree.refresh(false);
		expect(changes()).toBe(1);
		show(async () => [server('does not answer', 30, ['tiny', 'large'])]);
		await tree.refresh(false);
		expect([changes(), (await tree.roots())[0]?.description]).toEqual([2, 'does not answer']);
	});

	it('is read once more after a reading that is under way, however often that is asked, and as fresh as somebody wanted', async () => {
		const { tree, asked, show } = world();
		await tree.roots();
		let end = () => undefined as undefined;
		show(
			() =>
				new Promise((resolve) => {
					end = () => void resolve([server('first', 1)]);
				}),
		);
		const first = tree.refresh(true);
		await Promise.resolve();
		const later = [tree.refresh(false), tree.refresh(true), tree.refresh(false)];
		expect(asked).toEqual([false, true]);
		show(async () => [server('second', 1)]);
		end();
		await Promise.all([first, ...later]);
		expect(asked).toEqual([false, true, true]);
		expect((await tree.roots())[0]?.description).toBe('second');
	});

	it('is read when somebody looks at it, anew where that was wanted meanwhile', async () => {
		const { tree, asked, changes, show } = world();
		show(async () => [server('answers', 10)]);
		await tree.roots();
		await tree.roots();
		expect(asked).toEqual([false]);
		tree.forget(true);
		tree.forget(false);
		expect([asked.length, changes()]).toEqual([1, 2]);
		await tree.roots();
		await tree.refresh(true);
		expect(asked).toEqual([false, true, true]);
	});
});
