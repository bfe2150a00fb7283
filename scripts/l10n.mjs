// `node scripts/setup.mjs scripts/l10n.mjs`: writes the texts of the extension's code into l10n/bundle.l10n.json, where translations start from.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseSync } from '@swc/core';
import { root } from './setup.mjs';

const BUNDLE = join(root, 'l10n/bundle.l10n.json');

/** Every text of a `t(…)` or `….l10n.t(…)` in the extension's sources, sorted. Throws where the text is put together at run time: nobody could translate it. */
export function exportTexts() {
	const texts = new Set();
	const folder = join(root, 'src/extension');
	for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
		visit(parseSync(readFileSync(join(folder, file), 'utf8'), { syntax: 'typescript' }), (callee, [first]) => {
			if (!isTranslator(callee)) return;
			const text = textOf(first?.expression);
			if (text === null) throw new Error(`${file}: the first argument of t(…) must be one text`);
			texts.add(text);
		});
	}
	return [...texts].sort();
}

function isTranslator(callee) {
	if (callee.type === 'Identifier') return callee.value === 't';
	return callee.type === 'MemberExpression' && callee.property.value === 't' && (callee.object.property?.value ?? callee.object.value) === 'l10n';
}

function textOf(node) {
	if (node?.type === 'StringLiteral') return node.value;
	return node?.type === 'TemplateLiteral' && node.expressions.length === 0 ? node.quasis[0].cooked : null;
}

function visit(node, onCall) {
	if (Array.isArray(node)) for (const entry of node) visit(entry, onCall);
	else if (node && typeof node === 'object') {
		if (node.type === 'CallExpression') onCall(node.callee, node.arguments);
		for (const value of Object.values(node)) visit(value, onCall);
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const texts = exportTexts();
	writeFileSync(BUNDLE, `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), undefined, 2)}\n`);
	console.log(`${texts.length} texts`);
}
