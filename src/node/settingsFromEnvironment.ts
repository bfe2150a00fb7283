import { readDatabaseUrl } from '#core/team/databaseUrl';

type WireGroups = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Variables that the product's description names, and those of a team, with the settings that each gives its value to. */
const VARIABLES: Readonly<
	Record<string, { readonly kind: 'flag' | 'number' | 'text' | 'databaseUrl'; readonly settings: readonly (readonly [group: string, field: string])[] }>
> = {
	HYBRID_MODE_ENABLED: { kind: 'flag', settings: [['learning', 'enabled']] },
	PATTERN_EXTRACTION_ENABLED: { kind: 'flag', settings: [['learning', 'extractPatterns']] },
	HIGH_VALUE_THRESHOLD: { kind: 'number', settings: [['learning', 'highValueThreshold']] },
	PREFER_LOCAL: { kind: 'flag', settings: [['routing', 'preferLocal']] },
	LOCAL_CONFIDENCE_THRESHOLD: { kind: 'number', settings: [['routing', 'localConfidenceThreshold']] },
	QDRANT_URL: { kind: 'text', settings: [['qdrant', 'url']] },
	HYBRID_TOKEN_THRESHOLD: { kind: 'number', settings: [['routing', 'hybridTokenThreshold']] },
	HYBRID_DATABASE_URL: { kind: 'databaseUrl', settings: [['team', 'databaseUrl']] },
	HYBRID_DATABASE_TLS: { kind: 'text', settings: [['team', 'tls']] },
	HYBRID_DATABASE_CERTIFICATE: { kind: 'text', settings: [['team', 'certificateFile']] },
	HYBRID_TEAM_NAME: { kind: 'text', settings: [['team', 'userName']] },
};

/**
 * Settings as the environment names them, by group, for `settingsFromWire`. What is not set or empty is left out; what is neither true nor
 * false, or no number, is refused where settings are read.
 */
export function settingsFromEnvironment(environment: Readonly<Record<string, string | undefined>>): WireGroups {
	const groups: Record<string, Record<string, unknown>> = {};
	for (const [name, { kind, settings }] of Object.entries(VARIABLES)) {
		const text = environment[name]?.trim();
		if (!text) continue;
		for (const [group, field] of settings) groups[group] = { ...groups[group], [field]: READERS[kind](text) };
	}
	return groups;
}

/** Settings of a client over those of the environment, field by field: what the client leaves out, the environment may say. */
export function overEnvironment(wire: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, unknown>> {
	const merged: Record<string, unknown> = { ...wire };
	for (const [group, fields] of Object.entries(settingsFromEnvironment(environment))) {
		const given = wire[group];
		merged[group] = { ...fields, ...(typeof given === 'object' ? given : {}) };
	}
	return merged;
}

const READERS = { flag: toFlag, number: Number, text: (text: string) => text, databaseUrl: withoutPassword };

/** An address in the environment may hold a password, which is a secret and no setting. */
function withoutPassword(text: string): string {
	if (!readDatabaseUrl(text)) return text;
	const url = new URL(text);
	url.password = '';
	return url.href;
}

function toFlag(text: string): boolean | string {
	const lower = text.toLowerCase();
	return lower === 'true' || lower === '1' ? true : lower === 'false' || lower === '0' ? false : text;
}
