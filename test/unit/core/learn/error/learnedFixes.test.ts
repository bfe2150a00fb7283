import { describe, expect, it } from 'vitest';
import { fixParser, learnAndFix, type MarkedExample } from '../../../../support/fixes.ts';

interface Golden {
	readonly title: string;
	readonly language: string;
	readonly examples: readonly MarkedExample[];
	readonly next: MarkedExample;
}

const GOLDEN: readonly Golden[] = [
	{
		title: 'TypeScript: Array<T> becomes T[]',
		language: 'typescript',
		examples: [
			{ code: 'let a: ¦Array<string> = [];', message: "Array type using 'Array<string>' is forbidden. Use 'string[]' instead.", fixed: 'let a: string[] = [];' },
			{ code: 'function f(x: ¦Array<Item>) {}', message: "Array type using 'Array<Item>' is forbidden. Use 'Item[]' instead.", fixed: 'function f(x: Item[]) {}' },
			{ code: 'type T = ¦Array<number>;', message: "Array type using 'Array<number>' is forbidden. Use 'number[]' instead.", fixed: 'type T = number[];' },
		],
		next: {
			code: 'export class Box {\n\tprivate readonly parts: ¦Array<Part> = this.load();\n}\n',
			message: "Array type using 'Array<Part>' is forbidden. Use 'Part[]' instead.",
			fixed: 'export class Box {\n\tprivate readonly parts: Part[] = this.load();\n}\n',
		},
	},
	{
		title: 'Python: a comparison with None by identity',
		language: 'python',
		examples: [
			{ code: 'if x ¦== None:\n    pass\n', message: "comparison to None should be 'if cond is None:'", fixed: 'if x is None:\n    pass\n' },
			{
				code: 'def f(value):\n    return value ¦== None\n',
				message: "comparison to None should be 'if cond is None:'",
				fixed: 'def f(value):\n    return value is None\n',
			},
			{ code: 'ok = self.name ¦== None\n', message: "comparison to None should be 'if cond is None:'", fixed: 'ok = self.name is None\n' },
		],
		next: {
			code: 'while queue.get(1) ¦== None:\n    wait()\n',
			message: "comparison to None should be 'if cond is None:'",
			fixed: 'while queue.get(1) is None:\n    wait()\n',
		},
	},
	{
		title: 'Go: an assignment to a name that is not declared',
		language: 'go',
		examples: [
			{ code: 'package p\n\nfunc a() {\n\t¦x = 1\n\tuse(x)\n}\n', message: 'undefined: x', fixed: 'package p\n\nfunc a() {\n\tx := 1\n\tuse(x)\n}\n' },
			{
				code: 'package p\n\nfunc b() {\n\t¦name = read()\n\tuse(name)\n}\n',
				message: 'undefined: name',
				fixed: 'package p\n\nfunc b() {\n\tname := read()\n\tuse(name)\n}\n',
			},
			{
				code: 'package p\n\nfunc c() {\n\t¦list = []int{1}\n\tuse(list)\n}\n',
				message: 'undefined: list',
				fixed: 'package p\n\nfunc c() {\n\tlist := []int{1}\n\tuse(list)\n}\n',
			},
		],
		next: {
			code: 'package p\n\nfunc d(other int) {\n\tstart()\n\t¦total = other + 2\n\tuse(total)\n}\n',
			message: 'undefined: total',
			fixed: 'package p\n\nfunc d(other int) {\n\tstart()\n\ttotal := other + 2\n\tuse(total)\n}\n',
		},
	},
	{
		title: 'Rust: a needless borrow',
		language: 'rust',
		examples: [
			{
				code: 'fn a() { run(¦&text); }\n',
				message: 'this expression creates a reference which is immediately dereferenced by the compiler',
				fixed: 'fn a() { run(text); }\n',
			},
			{
				code: 'fn b(n: &str) { print(¦&n); }\n',
				message: 'this expression creates a reference which is immediately dereferenced by the compiler',
				fixed: 'fn b(n: &str) { print(n); }\n',
			},
			{
				code: 'fn c() { let y = load(¦&path); }\n',
				message: 'this expression creates a reference which is immediately dereferenced by the compiler',
				fixed: 'fn c() { let y = load(path); }\n',
			},
		],
		next: {
			code: 'fn d(other: &str) {\n    keep(&other);\n    send(¦&message);\n}\n',
			message: 'this expression creates a reference which is immediately dereferenced by the compiler',
			fixed: 'fn d(other: &str) {\n    keep(&other);\n    send(message);\n}\n',
		},
	},
	{
		title: 'a language without a grammar: by tokens',
		language: 'nonsense',
		examples: [
			{ code: 'set a ¦= 1', message: "use ':=' to set", fixed: 'set a := 1' },
			{ code: 'set b ¦= (2)', message: "use ':=' to set", fixed: 'set b := (2)' },
			{ code: 'set c ¦= f(3)', message: "use ':=' to set", fixed: 'set c := f(3)' },
		],
		next: { code: 'begin set total ¦= 4 end', message: "use ':=' to set", fixed: 'begin set total := 4 end' },
	},
];

describe('fixes learned from examples', () => {
	const parser = fixParser();
	for (const { title, language, examples, next } of GOLDEN) {
		it(`are applied elsewhere: ${title}`, async () => {
			expect(await learnAndFix(parser, language, examples, next)).toBe(next.fixed);
		});

		it(`make of each example what it became: ${title}`, async () => {
			for (const example of examples) expect(await learnAndFix(parser, language, examples, example)).toBe(example.fixed);
		});

		it(`are not offered for another message: ${title}`, async () => {
			expect(await learnAndFix(parser, language, examples, { ...next, message: 'Something else is wrong here and there' })).toBeNull();
		});
	}

	it('are not offered where the code at the place is of another kind', async () => {
		const [{ examples }] = GOLDEN as readonly [Golden];
		const message = "Array type using 'Array<string>' is forbidden. Use 'string[]' instead.";
		expect(await learnAndFix(parser, 'typescript', examples, { code: 'const x = ¦call(1, 2);', message })).toBeNull();
	});

	it('are not offered without a place where two places fit', async () => {
		const examples = ['a', 'b', 'c'].map((name) => ({
			code: `if (${name} == null) {}`,
			message: "Expected '===' and instead saw '=='.",
			fixed: `if (${name} === null) {}`,
		}));
		const message = "Expected '===' and instead saw '=='.";
		expect(await learnAndFix(parser, 'javascript', examples, { code: 'if (x == null) {}', message })).toBe('if (x === null) {}');
		expect(await learnAndFix(parser, 'javascript', examples, { code: 'if (x == null) {} if (y == null) {}', message })).toBeNull();
	});

	it('are not offered where what stands around would be read in another way', async () => {
		const message = 'Compare with nothing';
		const examples = ['a', 'b', 'c'].map((name) => ({ code: `f(¦${name} === true);`, message, fixed: `f(${name} ?? false);` }));
		expect(await learnAndFix(parser, 'typescript', examples, { code: 'f(¦d === true);', message })).toBe('f(d ?? false);');
		expect(await learnAndFix(parser, 'typescript', examples, { code: 'f(e && ¦d === true);', message })).toBeNull();
	});

	it('see one kind of message where each speaks of another piece of the code', async () => {
		const message = (piece: string) => `Union type constituent is duplicated with ${piece}.`;
		const examples = ['1', 'string', 'Item[]', '[1, 2]'].map((piece) => ({
			code: `type T = ${piece} | ¦${piece};`,
			message: message(piece),
			fixed: `type T = ${piece};`,
		}));
		const next = { code: 'type T = Map<string, number> | ¦Map<string, number>;', message: message('Map<string, number>') };
		expect(await learnAndFix(parser, 'typescript', examples, next)).toBe('type T = Map<string, number>;');
	});

	it('keep apart what a message says in its own words', async () => {
		const message = (from: string, to: string) => `Use '${to}' instead of '${from}'.`;
		const examples = [1, 2].flatMap((n) => [
			{ code: `¦let a${n} = f(${n});`, message: message('variable', 'constant'), fixed: `const a${n} = f(${n});` },
			{ code: `¦let b${n} = f(${n});`, message: message('block', 'function'), fixed: `var b${n} = f(${n});` },
		]);
		expect(await learnAndFix(parser, 'typescript', examples, { code: '¦let x = f(9);', message: message('block', 'function') })).toBe('var x = f(9);');
		expect(await learnAndFix(parser, 'typescript', examples, { code: '¦let x = f(9);', message: message('variable', 'constant') })).toBe('const x = f(9);');
		expect(await learnAndFix(parser, 'typescript', examples, { code: '¦let x = f(9);', message: message('block', 'module') })).toBeNull();
	});

	it('are bound to what sets their examples apart from those that were fixed in another way', async () => {
		const message = 'Say what is thrown';
		const examples = [
			{ code: 'function a() { return ¦await g(1); }', message, fixed: 'function a() { return g(1); }' },
			{ code: 'function b() { return ¦await h(2); }', message, fixed: 'function b() { return h(2); }' },
			{ code: 'const c = ¦await g(1);', message, fixed: 'const c = await (g(1));' },
			{ code: 'const d = ¦await h(2);', message, fixed: 'const d = await (h(2));' },
		];
		expect(await learnAndFix(parser, 'typescript', examples, { code: 'function e() { return ¦await k(3); }', message })).toBe('function e() { return k(3); }');
		expect(await learnAndFix(parser, 'typescript', examples, { code: 'const e = ¦await k(3);', message })).toBe('const e = await (k(3));');
	});

	it('put in what the message says where it names what stands there', async () => {
		const message = (from: string, to: string) => `Type '${from}' is forbidden. Use '${to}' instead.`;
		const examples = [
			{ code: 'let a: ¦Array<string>;', message: message('Array<string>', 'string[]'), fixed: 'let a: string[];' },
			{ code: 'let b: ¦readonly number[];', message: message('readonly number[]', 'ReadonlyArray<number>'), fixed: 'let b: ReadonlyArray<number>;' },
		];
		expect(await learnAndFix(parser, 'typescript', examples, { code: 'let c: ¦Item[];', message: message('Item[]', 'List<Item>') })).toBe('let c: List<Item>;');
		expect(await learnAndFix(parser, 'typescript', examples, { code: 'let c: ¦Item[];', message: message('T[]', 'List<T>') })).toBeNull();
	});

	it('change the case of letters, whatever the letters, in the first word whatever is before it', async () => {
		const capital = 'A comment starts with a capital letter';
		const comments = [
			{ code: 'f();\n¦// see below\ng();', message: capital, fixed: 'f();\n// See below\ng();' },
			{ code: '¦/* all of it */\ng();', message: capital, fixed: '/* All of it */\ng();' },
			{ code: 'g();\n¦//old\nf();', message: capital, fixed: 'g();\n//Old\nf();' },
		];
		for (const [before, after] of [
			['// étude', '// Étude'],
			['//   no more', '//   No more'],
			['/** kept */', '/** Kept */'],
		])
			expect(await learnAndFix(parser, 'typescript', comments, { code: `h();\n¦${before}\nh(1);`, message: capital })).toBe(`h();\n${after}\nh(1);`);
		const digits = 'Write hexadecimal digits in capital letters';
		const numbers = ['0xab', '0xdec0', '0xff'].map((value) => ({
			code: `x = ¦${value};`,
			message: digits,
			fixed: `x = 0x${value.slice(2).toUpperCase()};`,
		}));
		expect(await learnAndFix(parser, 'typescript', numbers, { code: 'f(¦0xfeed);', message: digits })).toBe('f(0xFEED);');
	});
});
