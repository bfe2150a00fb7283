import type { Dataset, DatasetOmission, DatasetRequest } from '#core/domain/knowledge';
import type { Settings } from '#core/settings';
import type { VectorStore } from '#core/store/vectorStore';
import { readAll } from '../book/readAll.ts';
import { omissionOf, type Remembered, wordsOf } from './chooseExamples.ts';
import { groupByWords, nearQuestions } from './nearQuestions.ts';
import { preferencePairs } from './preferencePairs.ts';
import { splitByTime } from './splitByTime.ts';

const VALIDATION_SHARE = 0.1;
const SHOWN_EXAMPLES = 5;
/** Cosine from which a question is as good as trained on: validating with it would measure memory, not learning. */
const LEAKS_FROM = 0.95;

/**
 * Training data of what is remembered now: chat examples as the product's description writes them (`{"messages": [system, user, assistant]}`)
 * of successes of enough value, and preference pairs (`{"prompt", "chosen", "rejected"}`, each a list of messages). Made anew at every call,
 * so that what the user deleted is in none. The report says what was left out and why; the first reason counts. `breathe` is awaited often.
 */
export async function buildDataset(
	store: VectorStore,
	{ workspaceId, validationShare = VALIDATION_SHARE }: DatasetRequest,
	{ highValueThreshold, systemText }: Pick<Settings['learning'], 'highValueThreshold' | 'systemText'>,
	breathe: () => Promise<void> = async () => undefined,
): Promise<Dataset> {
	const all: Remembered[] = [];
	const filter = workspaceId === undefined ? undefined : { must: [{ key: 'workspace_id', match: { value: workspaceId } }] };
	for await (const { id, payload } of readAll(store, 'interaction-history', filter)) {
		all.push({ id, payload, words: wordsOf(payload.query) });
		await breathe();
	}
	const omitted: Partial<Record<DatasetOmission, number>> = {};
	const leaveOut = (reason: DatasetOmission, count = 1) => {
		if (count > 0) omitted[reason] = (omitted[reason] ?? 0) + count;
	};
	const fit: Remembered[] = [];
	for (const one of all) {
		const reason = omissionOf(one.payload, highValueThreshold);
		if (reason) leaveOut(reason);
		else fit.push(one);
		await breathe();
	}
	const examples = withoutDuplicates(fit);
	leaveOut('duplicate', fit.length - examples.length);
	const { train, held } = splitByTime(examples, validationShare);
	const sameWords = groupByWords(train);
	const trained = new Set(train.map(({ id }) => id));
	const validation: Remembered[] = [];
	for (const one of held) {
		const near = await nearQuestions(store, one, sameWords);
		if ([...near].some(([id, similarity]) => similarity >= LEAKS_FROM && trained.has(id))) leaveOut('too-near-to-training');
		else validation.push(one);
		await breathe();
	}
	// A pair that held an example of the validation part would give it away.
	const pairs = await preferencePairs(train, all, async (one) => {
		await breathe();
		return nearQuestions(store, one, sameWords, one.payload.workspace_id);
	});

	const system = { role: 'system', content: systemText };
	const user = ({ payload }: Remembered) => ({ role: 'user', content: payload.query });
	const assistant = ({ payload }: Remembered) => ({ role: 'assistant', content: payload.response });
	const chat = train.map((one) => ({ messages: [system, user(one), assistant(one)] }));
	const trainLines = chat.map((line) => JSON.stringify(line));
	return {
		report: {
			train: train.length,
			validation: validation.length,
			preferencePairs: pairs.length,
			omitted,
			splitMs: train.length > 0 && validation.length > 0 ? Date.parse(train.at(-1)?.payload.timestamp ?? '') : null,
			examples: trainLines.slice(0, SHOWN_EXAMPLES),
		},
		trainJsonl: toLines(trainLines),
		validationJsonl: toLines(validation.map((one) => JSON.stringify({ messages: [system, user(one), assistant(one)] }))),
		preferencesJsonl: toLines(
			pairs.map(({ chosen, rejected }) => JSON.stringify({ prompt: [system, user(rejected)], chosen: [assistant(chosen)], rejected: [assistant(rejected)] })),
		),
	};
}

/** Of examples with the same question and answer the one of the greatest value, then the newest. */
function withoutDuplicates(examples: readonly Remembered[]): readonly Remembered[] {
	const best = new Map<string, Remembered>();
	for (const one of examples) {
		const key = `${one.words}\n${wordsOf(one.payload.response)}`;
		const known = best.get(key);
		const isBetter =
			!known ||
			one.payload.value_score > known.payload.value_score ||
			(one.payload.value_score === known.payload.value_score && one.payload.timestamp > known.payload.timestamp);
		if (isBetter) best.set(key, one);
	}
	return [...best.values()];
}

function toLines(lines: readonly string[]): string {
	return lines.map((line) => `${line}\n`).join('');
}
