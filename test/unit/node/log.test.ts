import { describe, expect, it } from 'vitest';
import { CoordinatorError } from '#core/base/errors';
import { createLog, describeError } from '#node/log';

describe('createLog', () => {
	it('drops what is under its level, and follows a change of it', () => {
		const lines: string[] = [];
		const log = createLog((level, message) => lines.push(`${level} ${message}`), 'warn');
		log.info('quiet');
		log.warn('loud');
		log.setLevel('trace');
		log.trace('now');
		log.setLevel('off');
		log.error('never');
		expect(lines).toEqual(['warn loud', 'trace now']);
	});
});

describe('describeError', () => {
	it('names code and causes, without stacks', () => {
		const error = new CoordinatorError('disk-full', 'No room.', { cause: new TypeError('ENOSPC') });
		expect(describeError(error)).toBe('disk-full: No room. ← TypeError: ENOSPC');
		expect(describeError('plain')).toBe('plain');
	});
});
