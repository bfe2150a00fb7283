/** How much better the second of each pair is, in points (hundredths), with the 95% interval of paired differences, and how many are better and worse. */
export function pairedGain(pairs: readonly (readonly [before: number, after: number])[]) {
	const differences = pairs.map(([before, after]) => after - before);
	const mean = differences.reduce((sum, value) => sum + value, 0) / (differences.length || 1);
	const error = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / (differences.length || 1);
	const round = (value: number) => Math.round(1_000 * value) / 10;
	const count = (sign: number) => differences.filter((difference) => Math.sign(difference) === sign).length;
	return { gain: round(mean), low: round(mean - 1.96 * error), high: round(mean + 1.96 * error), better: count(1), worse: count(-1) };
}
