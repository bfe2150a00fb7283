import { describe, expect, it } from 'vitest';
import { applyLineEdits } from '#extension/edits/codeLines';
import { placeBlock } from '#extension/edits/placeBlock';

const file = `import { x } from './x';

/** Rounds. */
export function round(amount: number): number {
	return Math.round(amount);
}

export class Invoice {
	#total = 0;

	add(amount: number): void {
		this.#total += amount;
	}

	total(): number {
		return this.#total;
	}
}

export const VAT = 0.19;
`;

function place(block: string, text = file): string {
	const placement = placeBlock(text, block);
	return placement.kind === 'placed' ? applyLineEdits(text.split('\n'), placement.edits).join('\n') : placement.reason;
}

describe('a block in a file', () => {
	it('replaces the definition of the same name and keeps its comment', () => {
		expect(place('export function round(amount: number): number {\n  return Math.floor(amount + 0.5);\n}')).toBe(
			file.replace('Math.round(amount)', 'Math.floor(amount + 0.5)'),
		);
	});

	it('replaces the comment where it brings one', () => {
		expect(place('/** Rounds half up. */\nexport function round(amount: number): number {\n\treturn Math.floor(amount + 0.5);\n}')).toBe(
			file.replace('Math.round(amount)', 'Math.floor(amount + 0.5)').replace('Rounds.', 'Rounds half up.'),
		);
	});

	it('replaces a method, at its own depth and with the tabs of the file', () => {
		expect(place('add(amount: number): void {\n  if (amount === 0) return;\n  this.#total += amount;\n}')).toBe(
			file.replace('\t\tthis.#total += amount;', '\t\tif (amount === 0) return;\n\t\tthis.#total += amount;'),
		);
	});

	it('puts a new definition behind the known one before it', () => {
		const placed = place('export function round(amount: number): number {\n\treturn Math.trunc(amount);\n}\n\nfunction half(amount: number) {\n\treturn amount / 2;\n}');
		expect(placed).toBe(file.replace('Math.round(amount);\n}', 'Math.trunc(amount);\n}\n\nfunction half(amount: number) {\n\treturn amount / 2;\n}'));
	});

	it('keeps what markers of existing code stand for', () => {
		const placed = place('export class Invoice {\n\t// ... existing code ...\n\n\ttotal(): number {\n\t\treturn Math.max(0, this.#total);\n\t}\n}');
		expect(placed).toBe(file.replace('return this.#total;', 'return Math.max(0, this.#total);'));
	});

	it('finds a statement by the lines around it', () => {
		const text = 'def run(path):\n    data = read(path)\n    rows = parse(data)\n    return rows\n';
		expect(place('    data = read(path)\n    check(data)\n    rows = parse(data)', text)).toBe(text.replace('    rows = parse', '    check(data)\n    rows = parse'));
	});

	it('says that it is there already, that nothing fits, and that the name is there twice', () => {
		expect(place('export const VAT = 0.19;')).toBe('already-there');
		expect(place('SELECT * FROM users WHERE id = 1')).toBe('no-place');
		expect(place('function f() {\n\treturn 3;\n}', 'function f() {\n\treturn 1;\n}\nfunction f() {\n\treturn 2;\n}\n')).toBe('ambiguous');
	});

	it('does not leave a bracket without a partner', () => {
		expect(place('export function round(amount: number): number {\n\tif (amount > 0) {\n\treturn Math.floor(amount);\n}')).toBe('would-break');
	});

	it('fills an empty file', () => {
		expect(place('print(1)', '\n')).toBe('print(1)\n');
	});

	it('replaces a Python function with its decorator', () => {
		const text = 'import a\n\n\n@cached\ndef f(x):\n    return x\n\n\ndef g():\n    return f(1)\n';
		expect(place('@cached\ndef f(x):\n    if x is None:\n        return 0\n    return x', text)).toBe(
			text.replace('    return x\n', '    if x is None:\n        return 0\n    return x\n'),
		);
	});

	it('is refused fast where the file is enormous', () => {
		expect(place('a = 1', 'x = 1\n'.repeat(30_000))).toBe('too-large');
	});

	it('is looked for in time in lines that are made to take long', () => {
		const hostile = `${'public '.repeat(2_000)}\n${'const a: b '.repeat(2_000)}\n${'x y'.repeat(5_000)}(\n`;
		expect(place('export function other() {\n\treturn 1;\n}', hostile)).toBe('no-place');
	});
});
