import type { WriteStream } from 'node:tty';
import type { Disposable } from '#core/base/disposable';
import type { Coordinator } from '#core/domain/requests';

/** One line on a terminal that follows the index; nothing where the stream is no terminal. */
export function showProgress(coordinator: Coordinator, stream: WriteStream): Disposable {
	if (!stream.isTTY) return { dispose: () => undefined };
	const subscription = coordinator.onDidChangeStatus(({ phase, progress }) => {
		const share = progress && progress.total > 0 ? ` ${progress.done}/${progress.total}, ${Math.round(progress.perSecond)}/s` : '';
		const eta = progress?.etaSeconds ? `, ${progress.etaSeconds} s left` : '';
		stream.write(`\r\u001b[K${phase}${share}${eta}`);
	});
	return {
		dispose: () => {
			subscription.dispose();
			stream.write('\r\u001b[K');
		},
	};
}
