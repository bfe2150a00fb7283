/** An amount in cents. */
export type Cents = number;

/** Rounds to whole cents, half to even, as the tax office wants it. */
export function roundCents(amount: number): Cents {
	const floor = Math.floor(amount);
	const rest = amount - floor;
	if (rest !== 0.5) return Math.round(amount);
	return floor % 2 === 0 ? floor : floor + 1;
}

/** `1234` → `12.34 EUR`. */
export function formatCents(amount: Cents): string {
	return `${(amount / 100).toFixed(2)} EUR`;
}
