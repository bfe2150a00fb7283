// Collects the licences of everything that is shipped. Fails where one is missing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRAMMAR_PACKAGES } from './grammars.mjs';
import { root } from './setup.mjs';

/** Shipped as files, not through a bundle. */
const ASSET_PACKAGES = ['web-tree-sitter', 'sql.js', 'onnxruntime-web', 'onnxruntime-node', 'onnxruntime-common'];
/** Packages whose archive holds no licence file: the licence that their manifest names, in the standard's words. */
const LICENCE_NAMES = /^licen[cs]e|^copying|^notice/i;

/** Text for THIRD_PARTY_NOTICES.txt, from the metafiles of a build in `dist`. Throws with the names of packages without a licence. */
export function collectNotices(dist) {
	const names = new Set([...ASSET_PACKAGES, ...GRAMMAR_PACKAGES]);
	for (const file of readdirSync(join(dist, 'meta'))) {
		for (const input of Object.keys(JSON.parse(readFileSync(join(dist, 'meta', file), 'utf8')).inputs)) {
			const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
			if (name) names.add(name);
		}
	}
	const missing = [];
	const sections = [...names].sort().map((name) => {
		const folder = join(root, 'node_modules', name);
		const { version, license, licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
		const identifier = license ?? licenses?.map(({ type }) => type).join(' OR ');
		const file = readdirSync(folder).find((entry) => LICENCE_NAMES.test(entry));
		const own = join(root, 'scripts/licences', `${name.replace('/', '+')}.txt`);
		const text = file ? readFileSync(join(folder, file), 'utf8') : existsSync(own) ? readFileSync(own, 'utf8') : null;
		if (!identifier && !text) missing.push(name);
		return `${name} ${version}\nLicence: ${identifier ?? 'see below'}\n\n${text?.trim() ?? `The package declares the licence ${identifier} and carries no text of it.`}\n`;
	});
	if (missing.length > 0) throw new Error(`There is no licence for: ${missing.join(', ')}`);
	const model = ['models/minilm/LICENSE', 'models/minilm/NOTICE'].filter((file) => existsSync(join(root, file))).map((file) => readFileSync(join(root, file), 'utf8'));
	if (model.length === 0) throw new Error('There is no licence for the model in models/minilm.');
	return ['This product contains the following third-party software and data.\n', `all-MiniLM-L6-v2 and vectors derived from it\n\n${model.join('\n')}`, ...sections].join(`\n${'-'.repeat(78)}\n\n`);
}
