import { CoordinatorError, type ErrorCode } from '#core/base/errors';

/** SQLSTATE, or its class, → what it means here. Of https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest match counts. */
const STATES: Readonly<Record<string, readonly [code: ErrorCode, isRetryable: boolean, what: string]>> = {
	'08': ['server-unreachable', true, 'broke the connection'],
	'22': ['invalid-argument', false, 'cannot hold a value'],
	'23': ['invalid-argument', false, 'refuses a value'],
	'25006': ['database-readonly', true, 'is read-only now'],
	'28': ['unauthorized', false, 'does not let this user in'],
	'3D': ['not-found', false, 'does not exist'],
	'40': ['database-locked', true, 'was busy with others'],
	'42501': ['unauthorized', false, 'does not give this user the right'],
	'53': ['server-unreachable', true, 'has no room for another connection'],
	'53100': ['disk-full', true, 'has no space left'],
	'53200': ['disk-full', true, 'has no memory left'],
	'55P03': ['database-locked', true, 'is locked by another'],
	'57': ['server-unreachable', true, 'is shutting down or starting'],
	'57014': ['server-timeout', true, 'took too long'],
	'25P03': ['server-timeout', true, 'took too long'],
	'25P04': ['server-timeout', true, 'took too long'],
	'58': ['server-error', true, 'failed with its disk'],
	'XX': ['server-error', true, 'failed'],
};

/**
 * The one place where errors of the client library become ours. Nothing of its message is kept, which may hold values of a row or of the
 * connection; the SQLSTATE or the system's code is.
 */
export function toPostgresError(error: unknown, label: string): CoordinatorError {
	if (CoordinatorError.is(error)) return error;
	const reason = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'connection';
	const details = { database: label, reason };
	if (/^[0-9A-Z]{5}$/.test(reason)) {
		const [code, isRetryable, what] = STATES[reason] ?? STATES[reason.slice(0, 2)] ?? (['server-error', false, 'refused a statement'] as const);
		return new CoordinatorError(code, `The database ${label} ${what} (${reason}).`, { details, isRetryable });
	}
	if (/CERT|SELF_SIGNED|VERIFY|TLS/.test(reason)) {
		return new CoordinatorError('server-unreachable', `The certificate of the database ${label} is not trusted (${reason}).`, { details, isRetryable: true });
	}
	const text = error instanceof Error ? error.message : '';
	if (/timeout/i.test(text) || reason === 'ETIMEDOUT') {
		return new CoordinatorError('server-timeout', `The database ${label} does not answer in time.`, { details, isRetryable: true });
	}
	if (/does not support SSL/i.test(text)) {
		return new CoordinatorError('server-unreachable', `The database ${label} does not encrypt connections.`, {
			details: { ...details, reason: 'no-tls' },
			isRetryable: true,
		});
	}
	if (/password must be a (?:non-empty )?string|SASL/i.test(text)) {
		return new CoordinatorError('unauthorized', `The database ${label} wants a password, and there is none.`, { details: { ...details, reason: 'no-password' } });
	}
	return new CoordinatorError('server-unreachable', `The database ${label} cannot be reached (${reason}).`, { details, isRetryable: true });
}

/** Whether a connection is as good as before: only where a statement of ours was refused for what it said. */
export function isConnectionFine(error: CoordinatorError): boolean {
	return error.code === 'invalid-argument' || error.code === 'database-newer' || error.code === 'cancelled';
}
