import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATASET_OMISSIONS } from '#core/domain/knowledge';
import { omissionLabels } from '#extension/views/omissionLabels';
import { repositoryRoot } from '../../../support/assets.ts';

describe('the words for what is left out of training data', () => {
	it('are there for every reason, each its own, in German too', () => {
		const labels = omissionLabels((text) => text);
		expect(Object.keys(labels).sort()).toEqual([...DATASET_OMISSIONS].sort());
		const german = JSON.parse(readFileSync(join(repositoryRoot, 'l10n/bundle.l10n.de.json'), 'utf8'));
		for (const words of [Object.values(labels), Object.values(omissionLabels((text) => german[text]))]) {
			expect(words.every(Boolean)).toBe(true);
			expect(new Set(words).size).toBe(DATASET_OMISSIONS.length);
		}
	});
});
