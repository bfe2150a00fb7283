import type { BundledModelPort } from '#core/ports';
import type { EmbeddingModel } from '../embeddingModel.ts';

/** Slope and midpoint of the fitted map from cosine to relevance; see `docs/decisions` for the data and the fit. */
const CALIBRATION = { slope: 14, midpoint: 0.34 } as const;

/** The MiniLM of the package, as an EmbeddingModel: nothing to install, nothing leaves the machine. */
export async function openBundledEmbeddingModel(port: BundledModelPort, runtime: 'auto' | 'native' | 'wasm'): Promise<EmbeddingModel> {
	const model = await port.load({ runtime, threads: 1 });
	return {
		id: 'minilm-l6-v2-q8',
		label: `MiniLM (bundled, ${model.runtime === 'native' ? 'native' : 'WebAssembly'})`,
		dimension: model.dimension,
		maxTokens: 256,
		isRemote: false,
		embed: (texts, { signal }) => model.embed(texts, signal ? { signal } : {}),
		calibrate: (cosine) => 1 / (1 + Math.exp(-CALIBRATION.slope * (cosine - CALIBRATION.midpoint))),
		close: () => model.close(),
	};
}
