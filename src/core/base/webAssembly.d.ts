/** The values of the platform's WebAssembly that core uses; the types alone come with Node's typings, the values only with the DOM's. */
declare namespace WebAssembly {
	interface Memory {
		readonly buffer: ArrayBuffer;
		grow(pages: number): number;
	}
	interface Instance {
		readonly exports: Record<string, unknown>;
	}
	var Memory: new (descriptor: { readonly initial: number }) => Memory;
	var Instance: new (module: Module, imports: Record<string, Record<string, unknown>>) => Instance;
	function compile(bytes: Uint8Array): Promise<Module>;
}
