import { z } from 'zod';
import { serverName } from '#core/base/servers';
import { quantisationOfName, sizeOfName, sizeOfParameters } from '../modelFacts.ts';
import { askJson, type ListedModel, type ListRequest } from './askServer.ts';
import { errorOfGarbage } from './serverErrors.ts';

const tags = z.object({
	models: z.array(
		z.object({
			name: z.string().min(1),
			details: z.object({ parameter_size: z.string().nullish(), quantization_level: z.string().nullish() }).nullish().catch(null),
		}),
	),
});
const shown = z.object({
	model_info: z.record(z.string(), z.unknown()).nullish().catch(null),
	parameters: z.string().nullish().catch(null),
	capabilities: z.array(z.string()).nullish().catch(null),
});
/** Models whose details are asked for; more than that is a library, and its tail is listed by name. */
const MOST_SHOWN = 40;

/** `/api/tags`, and `/api/show` for each: its trained context, its own `num_ctx`, and what it can do. */
export async function listOllamaModels(request: ListRequest): Promise<readonly ListedModel[]> {
	const parsed = tags.safeParse(await askJson(request, '/api/tags'));
	if (!parsed.success) throw errorOfGarbage(serverName(request.url), 'answered with something that is no list of models.');
	return Promise.all(
		parsed.data.models.map(async ({ name, details }, index): Promise<ListedModel> => {
			const show = index < MOST_SHOWN ? await showModel(request, name) : null;
			const capabilities = show?.capabilities ?? null;
			return {
				name,
				label: name,
				sizeBillions: sizeOfParameters(details?.parameter_size) ?? sizeOfName(name),
				quantisation: details?.quantization_level?.toUpperCase().replace('UNKNOWN', '') || quantisationOfName(name),
				contextTokens: contextOf(show, request.ollamaContextTokens),
				maxOutputTokens: null,
				words: capabilities ?? [],
				features: { tools: capabilities && capabilities.includes('tools'), jsonSchema: true },
			};
		}),
	);
}

/** Details are worth having, not worth failing for. */
async function showModel(request: ListRequest, name: string): Promise<z.infer<typeof shown> | null> {
	const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: name }) };
	const body = await askJson(request, '/api/show', init).catch(() => null);
	return shown.safeParse(body).data ?? null;
}

/** What the model file sets, else the setting; never more than the model was trained for: room costs memory, whether it is used or not. */
function contextOf(show: z.infer<typeof shown> | null, fallback: number): number {
	const trained = Object.entries(show?.model_info ?? {}).find(([key]) => key.endsWith('.context_length'))?.[1];
	const own = /^num_ctx\s+(\d+)/m.exec(show?.parameters ?? '')?.[1];
	const wanted = own ? Number(own) : fallback;
	return typeof trained === 'number' && trained > 0 ? Math.min(trained, wanted) : wanted;
}

const lmStudioModels = z.object({
	data: z.array(
		z.object({
			id: z.string(),
			type: z.string().nullish(),
			quantization: z.string().nullish(),
			max_context_length: z.number().positive().nullish(),
			loaded_context_length: z.number().positive().nullish(),
			capabilities: z.array(z.string()).nullish(),
		}),
	),
});

/** What LM Studio's own `/api/v0/models` adds to its OpenAI list, by id; empty where it does not answer. */
export async function listLmStudioDetails(request: ListRequest, headers: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, Partial<ListedModel>>> {
	const base = { ...request, url: new URL(request.url).origin };
	const parsed = lmStudioModels.safeParse(await askJson(base, '/api/v0/models', { headers }).catch(() => null));
	const models = parsed.success ? parsed.data.data : [];
	return new Map(
		models.map(({ id, type, quantization, max_context_length, loaded_context_length, capabilities }) => [
			id,
			{
				...(quantization ? { quantisation: quantization.toUpperCase() } : {}),
				contextTokens: loaded_context_length ?? max_context_length ?? null,
				words: [...(type ? [type] : []), ...(capabilities ?? [])],
				features: { tools: capabilities ? capabilities.includes('tool_use') : null, jsonSchema: true },
			},
		]),
	);
}

const lemonadeHealth = z.object({
	all_models_loaded: z.array(
		z.object({ model_name: z.string(), max_context_window: z.number().nullish(), recipe_options: z.object({ ctx_size: z.number().nullish() }).nullish() }),
	),
});

/** Contexts that Lemonade's `/health` states for the models it has loaded; empty where it does not answer. */
export async function readLemonadeContexts(request: ListRequest, headers: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, number>> {
	const parsed = lemonadeHealth.safeParse(await askJson(request, '/health', { headers }).catch(() => null));
	const loaded = parsed.success ? parsed.data.all_models_loaded : [];
	return new Map(loaded.flatMap(({ model_name, recipe_options }) => (recipe_options?.ctx_size ? [[model_name, recipe_options.ctx_size] as const] : [])));
}
