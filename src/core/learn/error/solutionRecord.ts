import type { ErrorSolutionsPayload } from '#core/domain/collection';
import { hashTerm, toLexicalVector } from '#core/domain/lexicalVector';
import { extractTerms } from '#core/domain/terms';
import type { VectorPoint } from '#core/store/vectorStore';
import { type Diagnostic, signatureOf } from './errorSignature.ts';

/** What counts for and against a solution. */
export interface SolutionCounts {
	readonly success_count: number;
	readonly failure_count: number;
	/** ISO 8601; null: never used. */
	readonly last_used: string | null;
}

/** After so long without use, half of what speaks for or against a solution is forgotten. */
const HALF_LIFE_DAYS = 90;
const DAY_MS = 86_400_000;

/** Mean of the Beta distribution over “it works”, from a uniform prior and counts that fade with the time since the last use: 0…1, 0.5 when nothing is known. */
export function confidenceOf({ success_count, failure_count, last_used }: SolutionCounts, nowMs: number): number {
	const ageDays = last_used === null ? 0 : Math.max(0, nowMs - Date.parse(last_used)) / DAY_MS;
	const kept = 0.5 ** (ageDays / HALF_LIFE_DAYS);
	return (1 + success_count * kept) / (2 + (success_count + failure_count) * kept);
}

/** Whether a fix is verified: the diagnostic is gone, and there is no kind of error of which there is now more than before. */
export function isVerified(fixed: Diagnostic, before: readonly Diagnostic[], after: readonly Diagnostic[]): boolean {
	const earlier = countKinds(before);
	const later = countKinds(after);
	const key = kindOf(fixed);
	const isGone = (later.get(key) ?? 0) < (earlier.get(key) ?? 0);
	return isGone && [...later].every(([kind, count]) => count <= (earlier.get(kind) ?? 0));
}

/** The point of a kind of error in one workspace: a UUID of version 8 made of 122 bits of hashes. */
export function solutionId(workspaceId: string, signatureKey: string): string {
	const hex = ['a', 'b', 'c', 'd'].map((salt) => hashTerm(`${salt}\n${workspaceId}\n${signatureKey}`).toString(16).padStart(8, '0')).join('');
	const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** The words that a solution learned from edits is found by. */
export function termsOf({ error_message, context }: ErrorSolutionsPayload): VectorPoint['lexical'] & object {
	return { text: toLexicalVector(extractTerms(`${error_message} ${context}`)) };
}

function countKinds(diagnostics: readonly Diagnostic[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const diagnostic of diagnostics) counts.set(kindOf(diagnostic), (counts.get(kindOf(diagnostic)) ?? 0) + 1);
	return counts;
}

/** The same error stays the same when lines move. */
function kindOf(diagnostic: Diagnostic): string {
	const { key, captures } = signatureOf(diagnostic);
	return JSON.stringify([key, captures]);
}
