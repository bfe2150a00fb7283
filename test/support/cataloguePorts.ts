import { randomUUID } from 'node:crypto';
import type { Ports } from '#core/ports';
import { createClock } from '#node/clock';

const silence = () => undefined;

/** The ports a catalogue uses; any other is missing, so that its use fails. */
export function cataloguePorts(changes: Partial<Ports> = {}): Ports {
	const ports: Partial<Ports> = {
		fetch,
		clock: createClock(),
		uuid: randomUUID,
		secrets: { get: async () => null },
		hostModels: { models: async () => [] },
		log: { trace: silence, debug: silence, info: silence, warn: silence, error: silence },
		assets: {
			read: async () => {
				throw new Error('There are no assets.');
			},
		},
		...changes,
	};
	return ports as Ports;
}
