import type { ServerResponse } from 'node:http';
import type { Answer } from './modelServer.ts';

/** The same answer, its body sent a byte at a time: characters and lines arrive in pieces. */
export function bytewise(answer: Answer): Answer {
	return (response, request, body) =>
		answer(
			withWrite(response, (bytes, write, done) => {
				for (const byte of bytes) write(Buffer.of(byte));
				done();
			}),
			request,
			body,
		);
}

/** The same answer, cut off in the middle of the first character that takes four bytes. */
export function cutInCharacter(answer: Answer): Answer {
	return (response, request, body) =>
		answer(
			withWrite(response, (bytes, write, done) => {
				const start = bytes.findIndex((byte) => byte >= 0xf0);
				if (start < 0) {
					write(bytes);
					return done();
				}
				response.write(bytes.subarray(0, start + 2), () => response.destroy());
				done();
			}),
			request,
			body,
		);
}

function withWrite(response: ServerResponse, send: (bytes: Buffer, write: (bytes: Buffer) => void, done: () => void) => void): ServerResponse {
	return new Proxy(response, {
		get(target, name) {
			if (name !== 'write') {
				const value = Reflect.get(target, name, target);
				return typeof value === 'function' ? value.bind(target) : value;
			}
			return (text: string, callback?: () => void) => {
				if (target.destroyed) return callback?.();
				send(
					Buffer.from(text),
					(bytes) => target.write(bytes),
					() => setImmediate(() => callback?.()),
				);
				return true;
			};
		},
	});
}
