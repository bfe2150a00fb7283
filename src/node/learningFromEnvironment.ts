/**
 * The learning settings that the product's description names as environment variables: `HYBRID_MODE_ENABLED`, `PATTERN_EXTRACTION_ENABLED`
 * and `HIGH_VALUE_THRESHOLD`. What is not set is left out; what is neither true nor false, or no number, is refused where settings are read.
 */
export function learningFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, unknown>> {
	const { HYBRID_MODE_ENABLED: enabled, PATTERN_EXTRACTION_ENABLED: extractPatterns, HIGH_VALUE_THRESHOLD: threshold } = environment;
	return {
		...(enabled ? { enabled: toBoolean(enabled) } : {}),
		...(extractPatterns ? { extractPatterns: toBoolean(extractPatterns) } : {}),
		...(threshold ? { highValueThreshold: Number(threshold) } : {}),
	};
}

function toBoolean(text: string): boolean | string {
	const lower = text.trim().toLowerCase();
	return lower === 'true' || lower === '1' ? true : lower === 'false' || lower === '0' ? false : text;
}
