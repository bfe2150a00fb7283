/** Outcomes of a weak and a strong model on one question, 0 to 1 each. */
export interface Outcomes {
	readonly weak: number;
	readonly strong: number;
}

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
export const round = (value: number) => Math.round(value * 10_000) / 10_000;

/** mulberry32: the random numbers of the reference scorers, so that shuffles are the same. */
export function seededRandom(seed: number): () => number {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

/** Mean quality against the share of strong calls, at each of the cut points; a tie is its expectation. */
function exactCurve(items: readonly Outcomes[], scores: readonly number[]): (readonly [number, number])[] {
	const order = items.map((item, index) => ({ ...item, score: scores[index] ?? 0 })).sort((a, b) => b.score - a.score);
	let quality = items.reduce((sum, { weak }) => sum + weak, 0);
	const points: (readonly [number, number])[] = [[0, quality / items.length]];
	for (const [index, { weak, strong, score }] of order.entries()) {
		quality += strong - weak;
		if (order[index + 1]?.score !== score) points.push([(index + 1) / items.length, quality / items.length]);
	}
	return points;
}

/**
 * APGR: area under the recovered share of the quality gap against the share of strong calls, over all cut points. CPT(x): smallest share that
 * recovers x. Higher scores go to the strong model first.
 */
export function apgrOf(items: readonly Outcomes[], scores: readonly number[]): { readonly apgr: number; readonly cpt50: number; readonly cpt80: number } {
	const points = exactCurve(items, scores);
	const weak = mean(items.map((item) => item.weak));
	const gap = mean(items.map(({ strong }) => strong)) - weak;
	let area = 0;
	for (const [index, [x, y]] of points.entries()) {
		const [before, low] = points[index - 1] ?? [x, y];
		area += (x - before) * ((y + low) / 2 - weak);
	}
	const cpt = (share: number) => {
		const wanted = weak + share * gap;
		const at = points.findIndex(([, quality]) => quality >= wanted);
		const [x1, y1] = points[at] ?? [1, wanted];
		const [x0, y0] = points[at - 1] ?? [x1, y1];
		return y1 === y0 ? x1 : x0 + ((wanted - y0) / (y1 - y0)) * (x1 - x0);
	};
	return { apgr: round(area / gap), cpt50: round(cpt(0.5)), cpt80: round(cpt(0.8)) };
}

/** Share of the gap between weak and strong that the qualities recover. */
export function pgrOf(rows: readonly (Outcomes & { readonly quality: number })[]): number {
	const weak = mean(rows.map((row) => row.weak));
	const strong = mean(rows.map((row) => row.strong));
	return (mean(rows.map(({ quality }) => quality)) - weak) / (strong - weak);
}

/** Expected calibration error over ten bins of equal width. */
export function calibrationError(rows: readonly { readonly confidence: number; readonly quality: number }[]): number {
	const bins = Array.from({ length: 10 }, () => ({ confidence: 0, quality: 0 }));
	for (const { confidence, quality } of rows) {
		const bin = bins[Math.min(9, Math.floor(confidence * 10))];
		if (!bin) continue;
		bin.confidence += confidence;
		bin.quality += quality;
	}
	return bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.quality), 0) / Math.max(1, rows.length);
}
