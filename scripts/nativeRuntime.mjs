import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What the native ONNX Runtime needs on this platform: files relative to the repository, with their places in its folder. Empty where there is no binary. */
export function nativeRuntimeFiles(root, platform = process.platform, architecture = process.arch) {
	const base = 'node_modules/onnxruntime-node';
	const binaries = join('bin/napi-v6', platform, architecture);
	if (!existsSync(join(root, base, binaries))) return [];
	const file = (path) => ({ from: join(base, path), to: path });
	const libraries = readdirSync(join(root, base, binaries)).filter((name) => !/DirectML|dxcompiler|dxil|cuda|tensorrt/i.test(name));
	return [
		file('package.json'),
		file('LICENSE'),
		...readdirSync(join(root, base, 'dist'))
			.filter((name) => name.endsWith('.js'))
			.map((name) => file(join('dist', name))),
		...libraries.map((name) => file(join(binaries, name))),
		...readdirSync(join(root, 'node_modules/onnxruntime-common/dist/cjs'))
			.filter((name) => name.endsWith('.js') || name === 'package.json')
			.map((name) => ({ from: join('node_modules/onnxruntime-common/dist/cjs', name), to: join('node_modules/onnxruntime-common/dist/cjs', name) })),
		{ from: 'node_modules/onnxruntime-common/package.json', to: 'node_modules/onnxruntime-common/package.json' },
	].filter(({ from }) => existsSync(join(root, from)));
}
