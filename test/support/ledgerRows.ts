import fc from 'fast-check';
import { allRows, type Ledger, type LedgerFilter, type LedgerRange, type LedgerRow } from '#core/metrics/ledger';

/** An answered question of a local model; `more` replaces any part. */
export function ledgerRow(id: string, more: Partial<LedgerRow> = {}): LedgerRow {
	return {
		id,
		interactionId: `i-${id}`,
		retryOf: null,
		timeMs: 1_000,
		workspaceId: 'w1',
		purpose: 'answer',
		modelId: 'ollama:small',
		modelLabel: 'Small',
		isRemote: false,
		target: 'local',
		inputTokens: 100,
		outputTokens: 20,
		isEstimate: false,
		costUsd: 0,
		priceAsOf: null,
		firstTokenMs: 12.5,
		totalMs: 80,
		result: 'ok',
		isCacheHit: false,
		isControl: false,
		contextTokens: 60,
		counterfactualUsd: 0.002,
		counterfactualModelId: 'openai:large',
		counterfactualPriceAsOf: '2026-01-31',
		...more,
	};
}

/** Every row of a ledger, newest first. */
export async function collectRows(ledger: Ledger, range?: LedgerRange, filter?: LedgerFilter): Promise<LedgerRow[]> {
	const rows: LedgerRow[] = [];
	for await (const row of allRows(ledger, range, filter)) rows.push(row);
	return rows;
}

const usd = fc.option(
	fc.integer({ min: 0, max: 2_000_000_000 }).map((nanoUsd) => nanoUsd / 1e9),
	{ nil: null },
);

/** Any rows, with ids that differ, in no order. */
export const anyLedgerRows: fc.Arbitrary<readonly LedgerRow[]> = fc
	.array(
		fc.record({
			timeMs: fc.integer({ min: 0, max: 50 }),
			workspaceId: fc.constantFrom('w1', 'w2', null),
			interactionId: fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5'),
			retryOf: fc.constantFrom(null, null, 'i1', 'i2'),
			purpose: fc.constantFrom('answer', 'compression', 'pattern', 'embedding', 'test'),
			modelId: fc.constantFrom('a', 'b', 'c'),
			isRemote: fc.boolean(),
			target: fc.constantFrom('local', 'remote', 'hybrid'),
			inputTokens: fc.nat(100_000),
			outputTokens: fc.nat(10_000),
			isEstimate: fc.boolean(),
			costUsd: usd,
			totalMs: fc.nat(10_000),
			result: fc.constantFrom('ok', 'failed', 'cancelled'),
			isCacheHit: fc.boolean(),
			isControl: fc.boolean(),
			counterfactualUsd: usd,
		}),
		{ maxLength: 60 },
	)
	.map((rows) => rows.map((row, index) => ledgerRow(`r${index}`, row as Partial<LedgerRow>)));
