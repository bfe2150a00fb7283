import type { BundledModelPort } from '#core/ports';
import type { EmbeddingModel } from '../embeddingModel.ts';

/**
 * Slope and midpoint of the fitted map from cosine to relevance: `scripts/fitCalibration.mjs` on 1,000 documented functions of the standard
 * libraries of Python and Go. `models/minilm/README.md` has the data and how well it holds on the other half.
 */
const CALIBRATION = { slope: 14.91, midpoint: 0.443 } as const;

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
