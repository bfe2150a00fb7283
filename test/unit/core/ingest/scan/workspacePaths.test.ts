import fc from 'fast-check';
import { expect, it } from 'vitest';
import { guardedWithin, toRelativePosix } from '#core/ingest/scan/workspacePaths';

const segment = fc.stringMatching(/^[^/\\:\0]{1,12}$/).filter((text) => text !== '.' && text !== '..');
const segments = fc.array(segment, { minLength: 1, maxLength: 6 });

it('undoes joining, on Windows and elsewhere', () => {
	fc.assert(
		fc.property(segments, segments, (root, rest) => {
			expect(toRelativePosix(`/${root.join('/')}`, `/${[...root, ...rest].join('/')}`)).toBe(rest.join('/'));
			expect(toRelativePosix(`C:\\${root.join('\\')}`, `c:\\${[...root, ...rest].join('\\')}`)).toBe(rest.join('/'));
		}),
	);
});

it('knows what lies outside', () => {
	expect(toRelativePosix('/a/b', '/a/bc')).toBeNull();
	expect(toRelativePosix('/a/b', '/a')).toBeNull();
	expect(toRelativePosix('C:\\a', 'D:\\a\\b')).toBeNull();
	expect(toRelativePosix('\\\\server\\share', '\\\\server\\share\\x')).toBe('x');
	expect(guardedWithin('/home/me/project', ['/home/me', '/'])).toBeNull();
	expect(guardedWithin('C:\\', ['C:\\Users\\me'])).toBe('C:\\Users\\me');
});
