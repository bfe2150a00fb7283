/** Where the editor names no budget. */
const USUAL_BUDGET = 4_000;
/** Characters of a token, where nobody counts them; fewer than usual, to stay below. */
const CHARACTERS = 3;

/** How the editor counts tokens, and how many a result may have. */
export interface TokenBudget<Token> {
	readonly tokenBudget: number;
	countTokens(text: string, token?: Token): PromiseLike<number>;
}

/** The parts that fit the budget, best first, with a line that says how many were left out; the first is cut where it alone is too long. */
export async function fitBudget<Token>(parts: readonly string[], budget: TokenBudget<Token> | undefined, token?: Token): Promise<string> {
	const most = budget?.tokenBudget ?? USUAL_BUDGET;
	const count = async (text: string) => (budget ? budget.countTokens(text, token) : Math.ceil(text.length / CHARACTERS));
	const whole = parts.join('\n\n');
	if ((await count(whole)) <= most) return whole;
	const omitted = (number: number) => (number > 0 ? `\n\n(${number} more left out: ask more precisely.)` : '');
	let text = '';
	for (const [index, part] of parts.entries()) {
		const longer = index === 0 ? part : `${text}\n\n${part}`;
		if ((await count(longer + omitted(parts.length - index - 1))) <= most) {
			text = longer;
			continue;
		}
		if (index > 0) return text + omitted(parts.length - index);
		let cut = part;
		while (cut.length > 0 && (await count(`${cut}…${omitted(parts.length - 1)}`)) > most) cut = cut.slice(0, Math.floor(cut.length * 0.8));
		return `${cut}…${omitted(parts.length - 1)}`;
	}
	return text;
}
