/** What the coordinator needs of the window's environment: where things are, the language, proxies and certificates. Upper case. */
const PASSED: ReadonlySet<string> = new Set([
	...['PATH', 'PATHEXT', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LANGUAGE', 'TZ'],
	...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH'],
	...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'LD_LIBRARY_PATH', 'HYBRID_DATA_DIRECTORY'],
	// Settings for where the user set none.
	...['HYBRID_MODE_ENABLED', 'PATTERN_EXTRACTION_ENABLED', 'HIGH_VALUE_THRESHOLD', 'PREFER_LOCAL', 'LOCAL_CONFIDENCE_THRESHOLD', 'HYBRID_TOKEN_THRESHOLD'],
	...['QDRANT_URL', 'QDRANT_API_KEY'],
	...['HYBRID_DATABASE_URL', 'HYBRID_DATABASE_PASSWORD', 'HYBRID_DATABASE_TLS', 'HYBRID_DATABASE_CERTIFICATE', 'HYBRID_TEAM_NAME'],
]);

/**
 * The environment of the coordinator: of the window's own only what it needs, since terminals and task runners leave keys and tokens there.
 * Names are compared without regard to case, as Windows does.
 */
export function childEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const passed: Record<string, string> = {};
	for (const [name, value] of Object.entries(environment)) {
		const upper = name.toUpperCase();
		if (value !== undefined && (PASSED.has(upper) || upper.startsWith('LC_') || upper.startsWith('XDG_'))) passed[name] = value;
	}
	// In the desktop's Electron this makes the executable a plain Node; elsewhere it means nothing.
	return { ...passed, ELECTRON_RUN_AS_NODE: '1' };
}
