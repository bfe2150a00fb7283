import type { Dispatcher } from 'undici';
import { isLoopback } from '#core/base/servers';
import type { Settings } from '#core/settings';
import { knownAuthorities } from './certificates.ts';

type Network = Settings['network'];

/**
 * `fetch` by way of the proxy and with the certificates of the settings, read anew at every request. Without a proxy in the settings those
 * of the environment count (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). Addresses of this machine are never asked through a proxy, not even when
 * another server redirects there. Nothing of a proxy's address gets into errors.
 */
export function createNetworkFetch(network: () => Network): typeof fetch {
	let current: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;
	return async (input, init) => {
		// Loaded with the first request: most sessions send none.
		const undici = await import('undici');
		const settings = network();
		const key = JSON.stringify(settings);
		if (current?.key !== key) {
			void current?.dispatcher.close().catch(() => undefined);
			current = { key, dispatcher: createDispatcher(undici, settings) };
		}
		// The library's types name its own Request and Response; they are the same interfaces.
		const request = undici.fetch as unknown as (input: unknown, init: unknown) => Promise<Response>;
		return request(input, { ...init, dispatcher: current.dispatcher });
	};
}

function createDispatcher({ Agent, EnvHttpProxyAgent }: typeof import('undici'), settings: Network): Dispatcher {
	const ca = settings.usesSystemCertificates ? knownAuthorities() : undefined;
	const trust = { rejectUnauthorized: settings.isStrictSsl, ...(ca ? { ca } : {}) };
	const direct = new Agent({ connect: trust });
	if (!settings.isProxyUsed) return direct;
	const proxied = new EnvHttpProxyAgent({
		...(settings.proxy === null ? {} : { httpProxy: settings.proxy, httpsProxy: settings.proxy }),
		...(settings.noProxy.length > 0 ? { noProxy: settings.noProxy.join(',') } : {}),
		...(settings.proxyAuthorization === null ? {} : { token: settings.proxyAuthorization }),
		connect: trust,
		requestTls: trust,
		proxyTls: trust,
		// Plain requests go to the proxy as they are: many proxies refuse a tunnel to anything but port 443.
		proxyTunnel: false,
	});
	return proxied.compose((dispatch) => (options, handler) => (isLoopback(String(options.origin)) ? direct.dispatch(options, handler) : dispatch(options, handler)));
}
