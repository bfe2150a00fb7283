import { describe, expect, it } from 'vitest';
import { SourceReports } from '#extension/outcomes/sourceReports';

const alone = { own: ['[1] a', '[2] b'], hasOthers: false };
const beside = { ...alone, hasOthers: true };

describe('whether a source has looked again', () => {
	it('is not known while nothing is reported', () => {
		expect(new SourceReports('rustc', alone).hasLooked(true)).toBe(false);
	});

	it('is known when its diagnostics stand elsewhere or are others, also when they come back', () => {
		const reports = new SourceReports('rustc', beside);
		reports.reported({ own: ['[1] a', '[3] b'], hasOthers: true });
		reports.reported(beside);
		expect(reports.hasLooked(false)).toBe(true);
	});

	it('is known when nobody else can have reported, of a saved file', () => {
		const reports = new SourceReports('rustc', alone);
		reports.reported({ ...alone, own: alone.own.toReversed() });
		expect(reports.hasLooked(true)).toBe(true);
		expect(reports.hasLooked(false)).toBe(false);
	});

	it('is known of an unsaved file too where the source reads what is in the editor', () => {
		const reports = new SourceReports('ts', alone);
		expect(reports.hasLooked(false)).toBe(false);
		reports.reported(alone);
		expect(reports.hasLooked(false)).toBe(true);
	});

	it('is not known when it may have been another source', () => {
		const reports = new SourceReports('rustc', alone);
		reports.reported(beside);
		expect(reports.hasLooked(true)).toBe(false);
	});
});
