import { z } from 'zod';
import { checkedKey, serverName } from '#core/base/servers';
import { quantisationOfName, sizeOfName, sizeOfParameters } from '../modelFacts.ts';
import { askJson, type ListedModel, type ListRequest } from './askServer.ts';
import { listLmStudioDetails, listOllamaModels, readLemonadeContexts } from './serverDetails.ts';
import { errorOfGarbage } from './serverErrors.ts';

/** Of a list only what is used; fields that a server leaves out or nulls are absent. */
const count = z.number().nonnegative().nullish().catch(null);
const entry = z.object({
	id: z.string().min(1),
	owned_by: z.string().nullish().catch(null),
	// llama.cpp
	meta: z
		.object({ n_ctx: count, n_ctx_train: count, n_params: count, ftype: z.string().nullish().catch(null) })
		.nullish()
		.catch(null),
	// Lemonade
	recipe: z.string().nullish().catch(null),
	labels: z.array(z.string()).nullish().catch(null),
	context_length: count,
	max_context_window: count,
	// vLLM
	max_model_len: count,
	// Anthropic
	display_name: z.string().nullish().catch(null),
	max_input_tokens: count,
	max_tokens: count,
	lifecycle: z.string().nullish().catch(null),
});
const list = z.object({ data: z.array(z.unknown()) });

/** OpenAI lists models for speech, pictures and search beside those that chat. */
const OPENAI_CHAT = /^(?:gpt-|chatgpt-|o\d)/i;
const NOT_CHAT = /audio|realtime|transcribe|tts|image|search|instruct|moderation|whisper|dall-e|sora|codex|deep-research/i;

/**
 * The models that a server has. Rejects with `server-unreachable`, `server-timeout`, `server-error`, `unauthorized`, `rate-limited`, `not-found`
 * or `cancelled`. A single malformed entry is left out.
 */
export async function listModels(request: ListRequest): Promise<readonly ListedModel[]> {
	if (request.kind === 'ollama') return listOllamaModels(request);
	const { kind, url } = request;
	// The version of the API that Anthropic's library of this build speaks.
	const headers: Record<string, string> = kind === 'anthropic' ? { 'anthropic-version': '2026-10-21' } : {};
	const key = checkedKey(serverName(url), request.apiKey ?? null);
	if (key !== null) headers.authorization = `Bearer ${key}`;
	const body = await askJson(request, kind === 'anthropic' ? '/v1/models?limit=1000' : '/models', { headers });
	const parsed = list.safeParse(body);
	if (!parsed.success) throw errorOfGarbage(serverName(url), 'answered with something that is no list of models.');
	const entries = parsed.data.data.flatMap((value) => entry.safeParse(value).data ?? []);
	if (kind === 'anthropic') return entries.filter(({ lifecycle }) => lifecycle !== 'retired').map(ofAnthropic);
	const isOpenai = new URL(url).hostname === 'api.openai.com';
	const chatting = entries.filter((model) => !isRouter(model) && (!isOpenai || (OPENAI_CHAT.test(model.id) && !NOT_CHAT.test(model.id))));
	if (chatting.some(({ recipe }) => recipe)) return withContexts(chatting, await readLemonadeContexts(request, headers));
	if (chatting.some((model) => model.owned_by === 'organization_owner')) {
		const details = await listLmStudioDetails(request, headers);
		return chatting.map((model) => ({ ...ofOpenai(model), ...details.get(model.id) }));
	}
	return chatting.map(ofOpenai);
}

type Entry = z.infer<typeof entry>;

/** Lemonade's own routers pick another model, perhaps one elsewhere: they are no plain local models. */
function isRouter({ recipe, labels }: Entry): boolean {
	return [recipe ?? '', ...(labels ?? [])].some((word) => /^collection|router/i.test(word));
}

function withContexts(entries: readonly Entry[], contexts: ReadonlyMap<string, number>): ListedModel[] {
	return entries.map((model) => ({ ...ofOpenai(model), ...(contexts.has(model.id) ? { contextTokens: contexts.get(model.id) ?? null } : {}) }));
}

function ofOpenai({ id, meta, labels, recipe, context_length, max_context_window, max_model_len }: Entry): ListedModel {
	const words = labels ?? [];
	return {
		name: id,
		label: id,
		sizeBillions: sizeOfParameters(meta?.n_params) ?? sizeOfName(id),
		quantisation: (meta?.ftype && quantisationOfName(` ${meta.ftype}`)) || quantisationOfName(id),
		contextTokens: meta?.n_ctx || max_model_len || context_length || (recipe ? null : max_context_window) || null,
		maxOutputTokens: null,
		words,
		features: { tools: words.some((word) => /tool/i.test(word)) ? true : null, jsonSchema: meta ? true : null },
	};
}

function ofAnthropic({ id, display_name, max_input_tokens, max_tokens }: Entry): ListedModel {
	return {
		name: id,
		label: display_name ?? id,
		sizeBillions: null,
		quantisation: null,
		// The oldest models that are still served take as much; newer ones say.
		contextTokens: max_input_tokens || 200_000,
		maxOutputTokens: max_tokens || null,
		words: [],
		features: { tools: true, jsonSchema: null },
	};
}
