import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportTexts } from '../../scripts/l10n.mjs';
import { repositoryRoot } from '../support/assets.ts';

type Texts = Readonly<Record<string, string>>;
const read = (file: string): Texts => JSON.parse(readFileSync(join(repositoryRoot, file), 'utf8'));
const languagesOf = (folder: string, pattern: RegExp) => readdirSync(join(repositoryRoot, folder)).flatMap((file) => pattern.exec(file)?.[1] ?? []);
const sorted = (values: Iterable<string>) => [...values].sort();

/** What a translation must carry over: placeholders, code, targets of links, icons. */
const marks = (text: string) => sorted(text.match(/\{\d+\}|`[^`]+`|\]\(command:[^)]+\)|\$\([\w-]+\)/g) ?? []);
/** Texts whose translation has other marks, or none. */
const broken = (source: Texts, translation: Texts) =>
	Object.entries(source)
		.filter(([key, text]) => !translation[key]?.trim() || JSON.stringify(marks(text)) !== JSON.stringify(marks(translation[key])))
		.map(([key]) => key);

const languages = languagesOf('l10n', /^bundle\.l10n\.([\w-]+)\.json$/);

describe('the texts', () => {
	it('of the code are those of the bundle (scripts/l10n.mjs writes it)', () => {
		const texts = exportTexts();
		expect(texts.length).toBeGreaterThan(100);
		expect(read('l10n/bundle.l10n.json')).toEqual(Object.fromEntries(texts.map((text) => [text, text])));
	});

	it('of code and manifest are translated into the same languages, and VS Code is told where they are', () => {
		expect(languages).toContain('de');
		expect(languagesOf('.', /^package\.nls\.([\w-]+)\.json$/)).toEqual(languages);
		expect(read('package.json').l10n).toBe('./l10n');
	});

	it.each(languages)('are all there in “%s”, with the same placeholders, code and links', (language) => {
		for (const [source, translation] of [
			['l10n/bundle.l10n.json', `l10n/bundle.l10n.${language}.json`],
			['package.nls.json', `package.nls.${language}.json`],
		] as const) {
			expect(sorted(Object.keys(read(translation)))).toEqual(sorted(Object.keys(read(source))));
			expect(broken(read(source), read(translation))).toEqual([]);
		}
	});

	it('are looked at closely enough to catch what a translation lost', () => {
		const source = { a: 'Sent {0} of {1}', b: 'Set `x.y`', c: '[Index](command:hybrid.index)', d: '$(search) Find', e: 'Fine {0}' };
		expect(broken(source, { a: '{0} gesendet', b: 'Setze x.y', c: '[Index](command:hybrid.other)', d: 'Finde', e: 'Gut: {0}' })).toEqual(['a', 'b', 'c', 'd']);
		expect(broken({ a: 'Empty' }, { a: ' ' })).toEqual(['a']);
	});
});
