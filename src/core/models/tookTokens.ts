import type { CoordinatorError } from '#core/base/errors';

/**
 * Whether a call that ended before its server counted took tokens. A provider charges for the prompt of a call that was cut off or gave up, and
 * for none that was refused; of a server of this machine, one of which nothing came may not have been begun.
 */
export function tookTokens(
	{ text, isCancelled, failure }: { readonly text: string; readonly isCancelled: boolean; readonly failure: CoordinatorError | null },
	isRemote: boolean,
): boolean {
	const gaveUp = failure?.code === 'server-timeout' && !failure.details.isLeftAlone;
	return text !== '' || (isRemote && (isCancelled || gaveUp));
}
