/**
 * The page: a script with this nonce and a style sheet may run, and nothing else. No inline handlers, no inline styles, no network, no frames.
 * `token` is what messages are known by, both ways.
 */
export function pageHtml(options: {
	readonly title: string;
	readonly loading: string;
	readonly language: string;
	readonly scriptUri: string;
	readonly styleUri: string;
	readonly cspSource: string;
	readonly nonce: string;
	readonly token: string;
}): string {
	const { title, loading, language, scriptUri, styleUri, cspSource, nonce, token } = options;
	const policy = [
		"default-src 'none'",
		`img-src ${cspSource} data:`,
		`style-src ${cspSource}`,
		`font-src ${cspSource}`,
		`script-src 'nonce-${nonce}'`,
		"base-uri 'none'",
		"form-action 'none'",
	];
	return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy.join('; '))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(styleUri)}">
<title>${escapeHtml(title)}</title>
</head>
<body data-token="${escapeHtml(token)}">
<main id="page" aria-busy="true"><h1>${escapeHtml(title)}</h1><p role="status">${escapeHtml(loading)}</p></main>
<script nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
	const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
	return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
