import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { CallToolResult, ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { throwIfAborted } from '#core/base/abort';
import { CoordinatorError } from '#core/base/errors';
import type { IndexStatus } from '#core/domain/indexStatus';
import type { Coordinator } from '#core/domain/requests';
import type { LogPort } from '#core/ports';
import { describeError } from '#node/log';
import type { Session } from './session.ts';
import { explainToModel } from './words.ts';
import type { Workspace } from './workspace.ts';

/** What every tool, resource and prompt works with. */
export interface Served {
	readonly server: McpServer;
	readonly workspace: Workspace;
	readonly session: Session;
	readonly log: Pick<LogPort, 'warn' | 'debug'>;
}

/** One call of a tool. */
export interface ToolCall {
	readonly coordinator: Coordinator;
	readonly signal: AbortSignal;
}

export interface ToolDefinition<Input extends z.ZodRawShape, Output extends z.ZodRawShape> {
	readonly name: string;
	readonly title: string;
	/** Tells a model what the tool does, and when to use it. */
	readonly description: string;
	readonly input: Input;
	readonly output: Output;
	/** False: it keeps something. */
	readonly isReading: boolean;
	/** Whether the index must know the files as they are now. */
	readonly needsIndex: boolean;
	readonly run: (
		input: z.output<z.ZodObject<Input>>,
		call: ToolCall,
	) => Promise<{
		readonly text: string;
		readonly data: z.input<z.ZodObject<Output>>;
	}>;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Registers a tool: its result as text and as data; its failure as words for a model; its progress, where the client wants it, that of the index. */
export function addTool<Input extends z.ZodRawShape, Output extends z.ZodRawShape>(served: Served, tool: ToolDefinition<Input, Output>): void {
	const { server, workspace, session, log } = served;
	const { name, title, description, isReading } = tool;
	const call = async (input: unknown, extra: Extra): Promise<CallToolResult> => {
		const done = session.begin();
		if (!done) return failure(`Too many calls are under way. Wait for the earlier ones, then call ${name} again.`);
		try {
			const { signal } = extra;
			const coordinator = tool.needsIndex ? await workspace.upToDate({ signal, onProgress: progressOf(extra) }) : await workspace.coordinator();
			throwIfAborted(signal);
			const { text, data } = await tool.run(input as z.output<z.ZodObject<Input>>, { coordinator, signal });
			return { content: [{ type: 'text', text }], structuredContent: data as Record<string, unknown> };
		} catch (error) {
			if (!CoordinatorError.is(error) || error.code === 'internal') log.warn(`${name} failed: ${describeError(error)}`);
			return failure(explainToModel(error));
		} finally {
			done();
		}
	};
	const annotations = { title, readOnlyHint: isReading, destructiveHint: false, idempotentHint: isReading, openWorldHint: false };
	server.registerTool(name, { title, description, inputSchema: z.strictObject(tool.input), outputSchema: z.object(tool.output), annotations }, call as never);
}

function failure(text: string): CallToolResult {
	return { content: [{ type: 'text', text }], isError: true };
}

/** Sends how far the index is, for clients that asked. Progress only grows, as the protocol wants. */
function progressOf({ _meta, sendNotification }: Extra): (status: IndexStatus) => void {
	const progressToken = _meta?.progressToken;
	if (progressToken === undefined) return () => undefined;
	let last = 0;
	return ({ phase, progress }) => {
		const done = progress && phase === 'indexing' ? progress.done : 0;
		if (!progress || done <= last) return;
		last = done;
		void sendNotification({
			method: 'notifications/progress',
			params: { progressToken, progress: done, total: progress.total, message: `Indexing: ${done} of ${progress.total} files` },
		}).catch(() => undefined);
	};
}
