import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessPort } from '#core/ports';

/** Of ids at such a place nothing can be said. */
const UNKNOWN = 'unknown';

/**
 * Processes of this machine by `place:id:start`. The place is where the id means something: on Linux this boot of the kernel and the
 * namespace of process ids (a container has its own), elsewhere the host's name. The start, where it is known, tells a process from a later one of the same id.
 */
export function createProcesses(): ProcessPort {
	const place = placeOfIds();
	return {
		own: `${place}:${process.pid}:${look(process.pid)?.start ?? ''}`,
		hasEnded(other) {
			const [itsPlace, id = '', start = ''] = other.split(':');
			if (place === UNKNOWN || itsPlace !== place || !/^[1-9]\d*$/.test(id)) return false;
			if (!isThere(Number(id))) return true;
			const found = look(Number(id));
			return found !== null && (found.isZombie || found.start !== start);
		},
	};
}

function placeOfIds(): string {
	if (process.platform !== 'linux') return `${process.platform} ${hostname().replaceAll(':', ' ')}`;
	try {
		const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
		return `linux ${boot} ${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
	} catch {
		return UNKNOWN;
	}
}

/** Start and state of a process, from `/proc/ID/stat`; null where that cannot be read. */
function look(id: number): { readonly start: string; readonly isZombie: boolean } | null {
	try {
		const text = readFileSync(`/proc/${id}/stat`, 'utf8');
		// The name, in brackets, may hold anything; the state is the first field after it, the start in clock ticks the twentieth.
		const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
		return { start: fields[19] ?? '', isZombie: fields[0] === 'Z' || fields[0] === 'X' };
	} catch {
		return null;
	}
}

function isThere(id: number): boolean {
	try {
		process.kill(id, 0);
		return true;
	} catch (error) {
		return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
	}
}
