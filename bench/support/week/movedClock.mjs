// Loaded before a coordinator: its clock runs ahead of the machine's, and what it draws by chance follows from a seed.
const offsetMs = Number(process.env.HYBRID_BENCH_CLOCK_OFFSET_MS ?? 0);
const now = Date.now;
Date.now = () => now() + offsetMs;
let state = Number(process.env.HYBRID_BENCH_SEED ?? 1) >>> 0;
Math.random = () => {
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	return state / 2 ** 32;
};
