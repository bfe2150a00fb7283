import * as vscode from 'vscode';

/** One row of a tree; rows with `children` can be opened. */
export interface TreeNode {
	readonly id: string;
	readonly label: string;
	readonly description?: string;
	readonly icon?: string;
	/** A theme colour of the icon. */
	readonly color?: string;
	readonly tooltip?: string;
	readonly command?: vscode.Command;
	readonly isExpanded?: boolean;
	/** What kind of row it is, for the `when` clauses of its menus. */
	readonly context?: string;
	readonly children?: () => readonly TreeNode[] | Promise<readonly TreeNode[]>;
}

/** The row as VS Code draws it; a screen reader hears label and description. */
export function toTreeItem(node: TreeNode): vscode.TreeItem {
	const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
	const item = new vscode.TreeItem(node.label, node.children ? (node.isExpanded ? Expanded : Collapsed) : None);
	const spoken = node.description ? `${node.label}: ${node.description}` : node.label;
	item.id = node.id;
	item.description = node.description;
	item.tooltip = node.tooltip ?? spoken;
	item.accessibilityInformation = { label: spoken };
	item.contextValue = node.context;
	if (node.icon) item.iconPath = new vscode.ThemeIcon(node.icon, node.color ? new vscode.ThemeColor(node.color) : undefined);
	if (node.command) item.command = node.command;
	return item;
}
