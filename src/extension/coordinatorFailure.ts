/** A request that the coordinator refused, or could not answer. `code` is one of core's error codes, or one of the client's own. */
export class CoordinatorFailure extends Error {
	override readonly name = 'CoordinatorFailure';
	readonly code: string;
	readonly details: Readonly<Record<string, string | number | boolean>>;

	constructor(code: string, message: string, details: Readonly<Record<string, string | number | boolean>> = {}) {
		super(message);
		this.code = code;
		this.details = details;
	}
}
