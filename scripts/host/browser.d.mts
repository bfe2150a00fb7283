/** Path of a browser, or the reason why there is none. */
export function findBrowser(): { readonly path?: string; readonly reason?: string };
