// Collects the licences of everything that is shipped. Fails where one is missing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRAMMAR_PACKAGES } from './grammars.mjs';
import { root } from './setup.mjs';

/** Shipped as files, not through a bundle. */
const ASSET_PACKAGES = ['web-tree-sitter', 'sql.js', 'onnxruntime-web', 'onnxruntime-node', 'onnxruntime-common'];
/** Grammars that come in packages of several: name, project, licence, copyright. */
const COLLECTED_GRAMMARS = [
	['tree-sitter-swift', 'alex-pinkus/tree-sitter-swift', 'MIT', 'Copyright (c) 2021 alex-pinkus'],
	['tree-sitter-dart', 'UserNobody14/tree-sitter-dart', 'MIT', 'Copyright (c) 2020 UserNobody14'],
	['tree-sitter-nix', 'nix-community/tree-sitter-nix', 'MIT', 'Copyright (c) 2019 Charles Strahan'],
	['tree-sitter-markdown', 'tree-sitter-grammars/tree-sitter-markdown', 'MIT', 'Copyright (c) 2021 Matthias Deiml'],
];
/** Packages whose archive holds no licence file: the licence that their manifest names, in the standard's words. */
const LICENCE_NAMES = /^licen[cs]e|^copying|^notice/i;

const MIT = readFileSync(join(root, 'LICENSE'), 'utf8').split('\n').slice(4).join('\n').trim();
/** The words of licences, for packages that name one and carry no text: the licence asks that its words go along. */
const STANDARD_TEXTS = {
	MIT: (copyright) => `MIT License\n\n${copyright}\n\n${MIT}`,
	Unlicense: () => 'This is free and unencumbered software released into the public domain. For more information, refer to <https://unlicense.org>',
};

function authorOf(folder) {
	const { author, name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const who = typeof author === 'string' ? author : author?.name;
	return `Copyright (c) ${who ?? `the authors of ${name}`}`;
}

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
		if (!text && !(identifier in STANDARD_TEXTS)) missing.push(`${name} (${identifier ?? 'no licence named'})`);
		return `${name} ${version}\nLicence: ${identifier ?? 'see below'}\n\n${text?.trim() ?? STANDARD_TEXTS[identifier](authorOf(folder))}\n`;
	});
	if (missing.length > 0) throw new Error(`There is no licence for: ${missing.join(', ')}`);
	const model = ['models/minilm/LICENSE', 'models/minilm/NOTICE'].filter((file) => existsSync(join(root, file))).map((file) => readFileSync(join(root, file), 'utf8'));
	if (model.length === 0) throw new Error('There is no licence for the model in models/minilm.');
	for (const [name, project, license, copyright] of COLLECTED_GRAMMARS)
		sections.push(`${name} (${project})\nLicence: ${license}\n\n${STANDARD_TEXTS[license](copyright)}\n`);
	return [
		'This product contains the following third-party software and data.\n',
		`all-MiniLM-L6-v2 and vectors derived from it\n\n${model.join('\n')}`,
		...sections,
	].join(`\n${'-'.repeat(78)}\n\n`);
}
