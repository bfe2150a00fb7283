import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLearnedFix, writeLearnedFix } from '#core/learn/error/learnedFix';
import { fixParser, learnAndFix } from '../../../../support/fixes.ts';

const message = 'Write this in one go';

describe('a chain that grows', () => {
	const parser = fixParser();
	const two = [
		{ code: 'run(¦user && user.home);', message, fixed: 'run(user?.home);' },
		{ code: 'if (¦order.lines && order.lines[first] && order.lines[first].price) {}', message, fixed: 'if (order.lines?.[first]?.price) {}' },
	];
	const fix = (code: string, examples = two, language = 'typescript') => learnAndFix(parser, language, examples, { code, message });

	it('is made one at any length from two examples of other lengths', async () => {
		expect(await fix('const x = ¦a && a.b && a.b.c && a.b.c.d && a.b.c.d[0] && a.b.c.d[0].e;')).toBe('const x = a?.b?.c?.d?.[0]?.e;');
		expect(await fix('const x = ¦a && a.b.c && a.b.c.d.e;')).toBe('const x = a?.b.c?.d.e;');
	});

	it('is made one after a single example, where nothing is new', async () => {
		expect(await fix('go(¦cart && cart.owner && cart.owner[0] && cart.owner[0].name);', two.slice(1))).toBe('go(cart?.owner?.[0]?.name);');
		expect(await fix('go(¦cart && cart(1) && cart(1).name);', [{ code: 'go(¦a && a.b && a.b.c);', message, fixed: 'go(a?.b?.c);' }])).toBeNull();
	});

	it('keeps what it already has, and what stands before another kind of joint the same', async () => {
		expect(await fix('go(¦a && a?.b && a?.b.c);')).toBe('go(a?.b?.c);');
		expect(await fix('go(¦a.b && a.b());')).toBe('go(a.b?.());');
	});

	it('is left alone where it does not grow, or is joined or surrounded in another way', async () => {
		for (const code of ['go(¦a && b.c);', 'go(¦a.b && a.c);', 'go(¦a || a.b);', 'go(¦a != null && a.b);', 'go(¦a && f(a).b);', 'go(¦a);'])
			expect(await fix(code)).toBeNull();
	});

	it('is only as much as grows', async () => {
		expect(await fix('go(first && ¦a && a.b && a.b.c && last);')).toBe('go(first && a?.b?.c && last);');
	});

	it('may have more in each operand than what grows', async () => {
		const examples = [
			{ code: 'f(¦x == null || x.y == null);', message, fixed: 'f(x?.y == null);' },
			{ code: 'f(¦p == null || p.q == null || p.q.r == null);', message, fixed: 'f(p?.q?.r == null);' },
		];
		expect(await fix('f(¦a.b == null || a.b.c == null || a.b.c.d == null);', examples)).toBe('f(a.b?.c?.d == null);');
		expect(await fix('f(¦a && a.b);', examples)).toBeNull();
	});

	it('loses the white space that the examples lost, and keeps what they kept', async () => {
		const examples = [
			{ code: 'f(¦x == 0 || x  .y == 0);', message, fixed: 'f(x?.y == 0);' },
			{ code: 'f(¦p == 0 || p\n\t.q == 0 || p\n\t.q\n\t.r == 0);', message, fixed: 'f(p?.q?.r == 0);' },
		];
		expect(await fix('f(¦a == 0 || a\n.b == 0 || a\n.b\n.c == 0);', examples)).toBe('f(a?.b?.c == 0);');
	});

	it('is one in any language with a grammar', async () => {
		const ruby = [
			{ code: 'go(¦user && user.home)', message, fixed: 'go(user&.home)' },
			{ code: 'go(¦a.b && a.b.c && a.b.c.d)', message, fixed: 'go(a.b&.c&.d)' },
		];
		expect(await fix('puts(¦order && order.line && order.line.price && order.line.price.tax)', ruby, 'ruby')).toBe('puts(order&.line&.price&.tax)');
		const php = [
			{ code: '<?php go(¦$user && $user->home);', message, fixed: '<?php go($user?->home);' },
			{ code: '<?php go(¦$a->b and $a->b->c and $a->b->c->d);', message, fixed: '<?php go($a->b?->c?->d);' },
		];
		expect(await fix('<?php echo(¦$order and $order->line and $order->line->price and $order->line->price->tax);', php, 'php')).toBe(
			'<?php echo($order?->line?->price?->tax);',
		);
	});

	it('is made one whatever it is made of, where each kind of joint was seen', async () => {
		const examples = [...two, { code: 'go(¦list && list.map && list.map(f) && list.map(f).size);', message, fixed: 'go(list?.map?.(f)?.size);' }];
		const step = fc.constantFrom('.b', '.size', '[0]', '[i.j]', '(x, 1)', '()');
		const piece = fc.array(step, { minLength: 1, maxLength: 3 });
		await fc.assert(
			fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
				const grown = pieces.map(
					(_, index) =>
						`a${pieces
							.slice(0, index + 1)
							.flat()
							.join('')}`,
				);
				const fixed = `a${pieces.map((steps) => `?${steps[0]?.startsWith('.') ? '' : '.'}${steps.join('')}`).join('')}`;
				expect(await fix(`go(¦${['a', ...grown].join(' && ')});`, examples)).toBe(`go(${fixed});`);
			}),
			{ seed: 5, numRuns: 60 },
		);
	});

	it('is left alone whole where it is longer than is looked at', async () => {
		const grown = (length: number) => Array.from({ length }, (_, index) => `a${'.b'.repeat(index)}`).join(' && ');
		expect(await fix(`go(¦${grown(30)});`)).toBe(`go(a${'?.b'.repeat(29)});`);
		expect(await fix(`go(¦${grown(60)});`)).toBeNull();
	});

	it('is not offered where the examples disagree', async () => {
		const examples = [...two, { code: 'go(¦a && a.size);', message, fixed: 'go(a && a.size > 0);' }];
		expect(await fix('go(¦b && b.size);', examples)).not.toBe('go(b?.size);');
	});
});

describe('stored templates', () => {
	const chain = { version: 1, links: ['_ &&'], longest: 3, joints: { '.': '?.' }, gaps: {} };
	const template = { signature: 'k', shape: 'chain folded', hunks: [], chain, seen: { '~kind': { binary_expression: 1 } }, support: 1 };
	const read = (templates: readonly unknown[]) => {
		const fixes = { templates: templates as never[], strictness: {}, messages: [] };
		return readLearnedFix(writeLearnedFix({ key: 'k', examples: [], failures: [], fixes }))?.fixes.templates;
	};

	it('come back as they were written, those of before tests were counted with their hits', () => {
		const tested = { template, hits: 2, misses: 0, tests: 3 };
		const fixed = {
			signature: 'k',
			shape: 'cover whole 1',
			hunks: [{ from: ['0|@s+0'], to: ['0|@e+0'], pieces: [{ literal: null, copies: [], captures: [], cases: ['upper'] }] }],
			seen: {},
			support: 1,
		};
		expect(read([tested, { template: fixed, hits: 1, misses: 0 }])).toEqual([tested, { template: fixed, hits: 1, misses: 0, tests: 1 }]);
	});

	it('are left out where they are damaged, hostile or of a kind to come', () => {
		const bad = [
			null,
			7,
			{},
			{ template, hits: '2', misses: 0 },
			{ template: { ...template, hunks: {} }, hits: 1, misses: 0 },
			{ template: { ...template, seen: null }, hits: 1, misses: 0 },
			...[{ ...chain, version: 2 }, { ...chain, joints: { '.': 1 } }, { ...chain, links: 'x' }, [], null].map((other) => ({
				template: { ...template, chain: other },
				hits: 1,
				misses: 0,
			})),
			{ template: { ...template, hunks: [{ from: [1], to: [], pieces: [] }] }, hits: 1, misses: 0 },
			{ template: { ...template, hunks: [{ from: [], to: [], pieces: [{ literal: null, copies: [], captures: [], cases: ['title'] }] }] }, hits: 1, misses: 0 },
			{ template: { ...template, hunks: [{ from: [], to: [], pieces: [{ literal: 3, copies: [], captures: [] }] }] }, hits: 1, misses: 0 },
		];
		expect(read(bad)).toEqual([]);
	});
});
