/** What went wrong, in the words of code. Rims (extension, cli) turn a code into a sentence with a next step. */
export type ErrorCode =
	| 'cancelled'
	| 'invalid-argument'
	| 'not-found'
	| 'workspace-refused'
	| 'file-unreadable'
	| 'grammar-unavailable'
	| 'database-corrupt'
	| 'index-rebuilt'
	| 'shared-store-away'
	| 'database-newer'
	| 'database-locked'
	| 'database-readonly'
	| 'disk-full'
	| 'model-missing'
	| 'model-damaged'
	| 'runtime-unavailable'
	| 'dimension-changed'
	| 'server-unreachable'
	| 'server-timeout'
	| 'server-error'
	| 'unauthorized'
	| 'rate-limited'
	| 'over-budget'
	| 'context-too-long'
	| 'untrusted-workspace'
	| 'bundle-invalid'
	| 'bundle-newer'
	| 'internal';

/** Facts a rim needs to build its sentence: a path, a model, a host. Never a secret, never a response body. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The one error class of core. Adapters translate foreign errors into it at their edge, with the original as `cause`. */
export class CoordinatorError extends Error {
	override readonly name = 'CoordinatorError';
	readonly code: ErrorCode;
	readonly isRetryable: boolean;
	readonly details: ErrorDetails;

	constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown; readonly isRetryable?: boolean; readonly details?: ErrorDetails } = {}) {
		super(message, { cause: options.cause });
		this.code = code;
		this.isRetryable = options.isRetryable ?? false;
		this.details = options.details ?? {};
	}

	static is(error: unknown, code?: ErrorCode): error is CoordinatorError {
		return error instanceof CoordinatorError && (code === undefined || error.code === code);
	}
}
