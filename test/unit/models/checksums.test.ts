import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../support/assets.ts';

const models = join(repositoryRoot, 'models');
const sums = readFileSync(join(models, 'SHA256SUMS'), 'utf8')
	.trim()
	.split('\n')
	.map((line) => line.split(/\s+/) as [string, string]);

describe('the models in the repository', () => {
	it.each(sums)('have the checksum %s', (sum, file) => {
		expect(
			createHash('sha256')
				.update(readFileSync(join(models, file)))
				.digest('hex'),
		).toBe(sum);
	});

	it.each(['minilm', 'static'])('carry a licence: %s', (folder) => {
		expect(readFileSync(join(models, folder, 'LICENSE'), 'utf8')).toContain('Apache License');
	});
});
