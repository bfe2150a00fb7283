// Fits cosine -> P(relevant) of the bundled MiniLM on documentation comments and the functions they belong to.
// Usage: node scripts/fitCalibration.mjs FOLDER... (Python and Go sources; `dist` must be built). Prints one JSON object.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBundledModel } from '../src/node/bundledModel.ts';

const PAIRS_PER_FOLDER = 500;
const CANDIDATES = 10;
const NEWTON_STEPS = 50;

const pairs = process.argv.slice(2).flatMap(sample);
if (pairs.length < 100) throw new Error('Usage: node scripts/fitCalibration.mjs FOLDER... (with at least 100 documented functions)');
const model = await createBundledModel({ assetsPath: join(import.meta.dirname, '../dist') }).load({ runtime: 'auto', threads: 1 });
const queries = [];
for (const { query } of pairs) queries.push((await model.embed([query]))[0]);
const codes = await model.embed(pairs.map(({ code }) => code));
await model.close();

const examples = queries.map((query, own) => {
	const cosines = codes.map((code) => query.reduce((sum, value, i) => sum + value * code[i], 0));
	const positive = cosines[own];
	const others = cosines
		.filter((_, i) => i !== own)
		.sort((a, b) => b - a)
		.slice(0, CANDIDATES);
	return { positive, others, rank: 1 + cosines.filter((cosine) => cosine > positive).length };
});
// A right answer below the first candidates is never looked at; with it, but without the wrong ones beside it, low cosines would look good.
const seen = examples.filter(({ rank }) => rank <= CANDIDATES);
const fitted = fitLogistic(seen.filter((_, i) => i % 2 === 0));
const held = seen.filter((_, i) => i % 2 === 1);
const probability = (cosine) => 1 / (1 + Math.exp(-fitted.slope * (cosine - fitted.midpoint)));
console.log(
	JSON.stringify({ ...fitted, pairs: pairs.length, seen: seen.length, mrr: mean(examples.map(({ rank }) => 1 / rank)), heldOut: reliability(held) }, null, '\t'),
);

/** Logistic regression by Newton's method; the negatives of a question weigh together as much as its one positive. */
function fitLogistic(data) {
	let [slope, bias] = [10, -4];
	for (let step = 0; step < NEWTON_STEPS; step++) {
		let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
		const add = (x, label, weight) => {
			const p = 1 / (1 + Math.exp(-(slope * x + bias)));
			const curvature = weight * p * (1 - p);
			g0 += weight * (label - p) * x;
			g1 += weight * (label - p);
			h00 += curvature * x * x;
			h01 += curvature * x;
			h11 += curvature;
		};
		for (const { positive, others } of data) {
			add(positive, 1, 1);
			for (const other of others) add(other, 0, 1 / others.length);
		}
		const determinant = h00 * h11 - h01 * h01;
		slope += (h11 * g0 - h01 * g1) / determinant;
		bias += (h00 * g1 - h01 * g0) / determinant;
	}
	return { slope, midpoint: -bias / slope };
}

/** Ten bins of predicted probability: what was predicted, and what share was the documented function, weighted as in the fit. */
function reliability(data) {
	const bins = Array.from({ length: 10 }, () => ({ weight: 0, predicted: 0, observed: 0 }));
	for (const { positive, others } of data) {
		const all = [{ cosine: positive, label: 1, weight: 1 }, ...others.map((cosine) => ({ cosine, label: 0, weight: 1 / others.length }))];
		for (const { cosine, label, weight } of all) {
			const p = probability(cosine);
			const bin = bins[Math.min(9, Math.floor(p * 10))];
			bin.weight += weight;
			bin.predicted += weight * p;
			bin.observed += weight * label;
		}
	}
	return bins.map(({ weight, predicted, observed }) => ({ weight: round(weight), predicted: round(predicted / weight), observed: round(observed / weight) }));
}

/** An even sample of the documented functions of a folder: first sentence of the comment, and the function without it. */
function sample(folder) {
	const found = readdirSync(folder, { recursive: true })
		.filter((path) => /\.(py|go)$/.test(path) && !/(^|\/)(tests?|testdata|vendor|site-packages|idlelib|lib2to3)\/|_test\.go$/.test(path))
		.sort()
		.flatMap((path) => (path.endsWith('.py') ? pythonPairs : goPairs)(readFileSync(join(folder, path), 'utf8')))
		.filter(({ query, code }) => query.length >= 25 && query.length <= 200 && code.length >= 120 && code.length <= 3000);
	const step = Math.max(1, found.length / PAIRS_PER_FOLDER);
	return Array.from({ length: Math.min(found.length, PAIRS_PER_FOLDER) }, (_, i) => found[Math.floor(i * step)]);
}

function pythonPairs(text) {
	const pattern = /^( *)def \w+\([^)]*\)[^:\n]*:\n +r?"""([\s\S]*?)"""\n((?:\1 +.*\n|\n)+)/gm;
	return [...text.matchAll(pattern)].map((match) => ({ query: firstSentence(match[2]), code: `${match[0].slice(0, match[0].indexOf(':\n') + 2)}${match[3]}` }));
}

function goPairs(text) {
	const pattern = /^((?:\/\/.*\n)+)(func (?:\([^)]*\) )?(\w+)\([\s\S]*?\n}\n)/gm;
	return [...text.matchAll(pattern)].map(([, comment, code, name]) => ({
		// A Go comment begins with the function's name, which would give the answer away.
		query: firstSentence(comment.replaceAll(/^\/\/ ?/gm, '').replace(new RegExp(`^${name}\\s+`), '')),
		code,
	}));
}

function firstSentence(text) {
	const flat = text.replaceAll(/\s+/g, ' ').trim();
	return (/^.*?\.(?= |$)/.exec(flat)?.[0] ?? flat).trim();
}

function mean(values) {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function round(value) {
	return Number.isFinite(value) ? Math.round(value * 1000) / 1000 : null;
}
