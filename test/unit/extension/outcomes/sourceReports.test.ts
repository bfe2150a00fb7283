import { describe, expect, it } from 'vitest';
import { SourceReports } from '#extension/outcomes/sourceReports';

const alone = { own: ['[1] a', '[2] b'], hasOthers: false };
const beside = { ...alone, hasOthers: true };

describe('whether a source has looked again', () => {
	it('is not known while nothing is reported', () => {
		expect(new SourceReports(alone).hasLooked(true)).toBe(false);
	});

	it('is known when its diagnostics stand elsewhere or are others, also when they come back', () => {
		const reports = new SourceReports(beside);
		reports.reported({ own: ['[1] a', '[3] b'], hasOthers: true });
		reports.reported(beside);
		expect(reports.hasLooked(false)).toBe(true);
	});

	it('is known when nobody else can have reported, of a saved file', () => {
		const reports = new SourceReports(alone);
		reports.reported({ ...alone, own: alone.own.toReversed() });
		expect(reports.hasLooked(true)).toBe(true);
		expect(reports.hasLooked(false)).toBe(false);
	});

	it('is not known when it may have been another source', () => {
		const reports = new SourceReports(alone);
		reports.reported(beside);
		expect(reports.hasLooked(true)).toBe(false);
	});
});
