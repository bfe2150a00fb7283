import { expect, test } from 'vitest';
import { namesIn } from '#extension/fixes/namesIn';

test('the names that a diagnostic quotes come first, then those of the code', () => {
	expect(namesIn("Property 'amount' does not exist on type 'Item'.", 'amount')).toEqual(['amount', 'Item']);
	expect(namesIn("Argument of type 'string' is not assignable to parameter of type 'Map<OrderId, Order[]>'.", 'load(id)')).toEqual([
		'Map',
		'OrderId',
		'Order',
		'load',
		'id',
	]);
	expect(namesIn('no field `total` on type `&Invoice`', 'total')).toEqual(['total', 'Invoice']);
	expect(namesIn('undefined: “roundCents”', '')).toEqual(['roundCents']);
	expect(namesIn('Expected 2 arguments, but got 1.', 'format(price)')).toEqual(['format', 'price']);
});

test('an apostrophe opens nothing, and words of the language are no names', () => {
	expect(namesIn("This doesn't return 'undefined', and can't", '')).toEqual([]);
	expect(namesIn("Type 'number' is not assignable to type 'string'.", 'return')).toEqual([]);
});
