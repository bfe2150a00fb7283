import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { EmbeddingWorkerData } from './embeddingMessages.ts';

/** A loaded model: token ids of a padded batch in, hidden states of the last layer out. */
export interface EncoderSession {
	/** `ids` and `mask` are rows × columns; the result is rows × columns × dimension. */
	run(ids: BigInt64Array, mask: BigInt64Array, rows: number, columns: number): Promise<{ readonly values: Float32Array; readonly dimension: number }>;
}

interface OnnxRuntime {
	readonly InferenceSession: { create(model: Uint8Array | string, options: object): Promise<InferenceSession> };
	readonly Tensor: new (type: 'int64', data: BigInt64Array, dimensions: readonly number[]) => Tensor;
	readonly env: { wasm: { numThreads?: number; wasmBinary?: ArrayBuffer | Uint8Array; wasmPaths?: unknown } };
}

/** Loads the runtime and the model. Rejects with the runtime's own error when either cannot be loaded. */
export async function openOnnxRuntime(data: EmbeddingWorkerData): Promise<EncoderSession> {
	const runtime = data.runtime === 'native' ? loadNative(data.assetsPath) : await loadWasm(data.assetsPath);
	// The arena and memory patterns keep the largest batch's memory for ever; without them a run is a few per cent slower.
	const session = await runtime.InferenceSession.create(data.runtime === 'native' ? data.modelPath : await readFile(data.modelPath), {
		executionProviders: [data.runtime === 'native' ? 'cpu' : 'wasm'],
		intraOpNumThreads: data.threads,
		interOpNumThreads: 1,
		enableCpuMemArena: false,
		enableMemPattern: false,
		graphOptimizationLevel: 'all',
	});
	return {
		async run(ids, mask, rows, columns) {
			const shape = [rows, columns];
			const tensor = (values: BigInt64Array) => new runtime.Tensor('int64', values, shape);
			const output = await session.run({ input_ids: tensor(ids), attention_mask: tensor(mask), token_type_ids: tensor(new BigInt64Array(ids.length)) });
			const hidden = output.last_hidden_state;
			if (!hidden) throw new Error('The model has no output last_hidden_state.');
			return { values: hidden.data as Float32Array, dimension: Number(hidden.dims[2]) };
		},
	};
}

/** The packaged runtime beside the build, else the development dependency. */
function loadNative(assetsPath: string): OnnxRuntime {
	const packaged = join(assetsPath, 'onnxruntime-node', 'package.json');
	const require = createRequire(existsSync(packaged) ? packaged : join(assetsPath, 'package.json'));
	return require(existsSync(packaged) ? './dist/index.js' : 'onnxruntime-node') as OnnxRuntime;
}

/** One thread: more need a worker fetched by URL, which plain Node refuses. */
async function loadWasm(assetsPath: string): Promise<OnnxRuntime> {
	const runtime = (await import('onnxruntime-web/wasm')) as unknown as OnnxRuntime;
	const binary = await readFile(join(assetsPath, 'ort-web', 'ort-wasm-simd-threaded.wasm'));
	runtime.env.wasm.numThreads = 1;
	runtime.env.wasm.wasmBinary = binary.buffer.slice(binary.byteOffset, binary.byteOffset + binary.byteLength) as ArrayBuffer;
	return runtime;
}
