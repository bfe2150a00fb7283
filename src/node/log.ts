import { CoordinatorError } from '#core/base/errors';
import type { LogPort } from '#core/ports';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'off'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** A LogPort that writes to a sink, with a level that can change while it runs. */
export interface LevelledLog extends LogPort {
	setLevel(level: LogLevel): void;
}

/** Messages under the level are dropped. An error is written with its code and its chain of causes, never with a stack of foreign data. */
export function createLog(sink: (level: Exclude<LogLevel, 'off'>, message: string) => void, level: LogLevel = 'info'): LevelledLog {
	let threshold = LEVELS.indexOf(level);
	const write = (at: Exclude<LogLevel, 'off'>) => (message: string) => {
		if (LEVELS.indexOf(at) >= threshold) sink(at, message);
	};
	return {
		setLevel: (next) => {
			threshold = LEVELS.indexOf(next);
		},
		trace: write('trace'),
		debug: write('debug'),
		info: write('info'),
		warn: write('warn'),
		error: (message, error) => write('error')(error === undefined ? message : `${message}: ${describeError(error)}`),
	};
}

/** `code: message ← cause ← cause`, for logs and terminals. */
export function describeError(error: unknown): string {
	const parts: string[] = [];
	for (let current = error, depth = 0; current !== undefined && current !== null && depth < 5; depth++) {
		if (!(current instanceof Error)) {
			parts.push(String(current));
			break;
		}
		parts.push(CoordinatorError.is(current) ? `${current.code}: ${current.message}` : `${current.name}: ${current.message}`);
		current = current.cause;
	}
	return parts.join(' ← ');
}
