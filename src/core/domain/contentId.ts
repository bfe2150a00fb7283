/** Hex SHA-256 of bytes. */
export async function bytesHash(bytes: Uint8Array): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
	return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Hex SHA-256 of a text's UTF-8 bytes. */
export function contentHash(text: string): Promise<string> {
	return bytesHash(new TextEncoder().encode(text));
}

/** A UUID of version 8 (RFC 9562) made of a text: the same for the same text, on every machine. */
export async function contentUuid(text: string): Promise<string> {
	const hash = await contentHash(text);
	const variant = ((Number.parseInt(hash.charAt(16), 16) & 0x3) | 0x8).toString(16);
	return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(12, 15)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
