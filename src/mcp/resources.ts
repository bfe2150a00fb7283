import { ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { KnowledgeDetail, LearnedCollection } from '#core/domain/knowledge';
import type { Coordinator } from '#core/domain/requests';
import type { Served } from './tool.ts';
import { usableItems } from './tools/knowledgeTools.ts';
import { explainToModel } from './words.ts';

/** Items that a list of resources names; list_skills pages through all. */
const LISTED = 100;

const KINDS = [
	{ kind: 'skills', collection: 'skills-patterns', title: 'Skills', description: 'Ways of doing things that worked here.' },
	{ kind: 'practices', collection: 'best-practices', title: 'Practices', description: 'Rules and conventions of the project.' },
	{ kind: 'errors', collection: 'error-solutions', title: 'Error solutions', description: 'Errors that were solved here, and how.' },
] as const satisfies readonly {
	readonly kind: string;
	readonly collection: Exclude<LearnedCollection, 'interaction-history'>;
	readonly title: string;
	readonly description: string;
}[];

/** Learned items as resources `hybrid://KIND/ID`: those that may be used in the open folders. */
export function addResources({ server, workspace }: Served): void {
	for (const { kind, collection, title, description } of KINDS) {
		const list = async () => {
			const items = await told(async () => usableItems(await workspace.coordinator(), collection));
			return { resources: items.slice(0, LISTED).map((item) => ({ uri: `hybrid://${kind}/${item.id}`, name: item.title, mimeType: 'text/markdown' })) };
		};
		server.registerResource(kind, new ResourceTemplate(`hybrid://${kind}/{id}`, { list }), { title, description, mimeType: 'text/markdown' }, async (uri, { id }) => {
			const detail = await told(async () => read(await workspace.coordinator(), collection, String(id)));
			if (!detail) throw new McpError(ErrorCode.InvalidParams, `There is no ${uri.href} any more. List the resources, or call list_skills.`);
			return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text: inMarkdown(detail) }] };
		});
	}
}

/** Null for what is unknown, retired, of another collection or of another workspace: a client learns no more than that. */
async function read(coordinator: Coordinator, collection: Exclude<LearnedCollection, 'interaction-history'>, id: string): Promise<KnowledgeDetail | null> {
	const isUsable = (await usableItems(coordinator, collection)).some((item) => item.id === id);
	return isUsable ? coordinator.knowledge.detail(id) : null;
}

function inMarkdown({ item, fields }: KnowledgeDetail): string {
	const lines = fields.map(({ name, value }) => {
		const text = Array.isArray(value) ? value.map((entry) => `- ${entry}`).join('\n') : String(value);
		return `## ${name.replaceAll('_', ' ')}\n\n${text}`;
	});
	return [`# ${item.title}`, ...lines].join('\n\n');
}

/** Failures in the words of the tools. */
async function told<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw new McpError(ErrorCode.InternalError, explainToModel(error));
	}
}
