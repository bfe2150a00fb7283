/** Polls until `read` gives something truthy. */
exports.until = async (read, what, limitMs = 60_000) => {
	const end = Date.now() + limitMs;
	for (;;) {
		const value = await read();
		if (value) return value;
		if (Date.now() > end) throw new Error(`waited too long for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
};
