import type { ModelPreset } from '#core/domain/modelInfo';

/** A preset, and how its model is recognised by the name that a server gives it. */
export interface KnownModel extends Omit<ModelPreset, 'presentAs'> {
	readonly pattern: RegExp;
}

const LEMONADE = { server: 'lemonade', url: 'http://127.0.0.1:13305/v1', isRemote: false } as const;
const OLLAMA = { server: 'ollama', url: 'http://127.0.0.1:11434', isRemote: false } as const;

/** Models that the product knows by role: three of Lemonade, two large ones of Ollama, and the remote ones. */
export const KNOWN_MODELS: readonly KnownModel[] = [
	{
		...LEMONADE,
		id: 'lemonade-general',
		label: 'Lemonade General (Qwen 4B)',
		model: 'Qwen3-4B-GGUF',
		pattern: /qwen[\d.]*(?![^/]*cod)[^/]*[-:]4b/i,
		roles: ['general', 'pattern-extraction'],
		sizeBillions: 4,
	},
	{
		...LEMONADE,
		id: 'lemonade-coder',
		label: 'Lemonade Coder (Qwen 7B)',
		model: 'Qwen2.5-Coder-7B-Instruct-GGUF',
		pattern: /qwen[\d.]*-coder[^/]*[-:]7b/i,
		roles: ['coder', 'pattern-extraction'],
		sizeBillions: 7,
	},
	{
		...LEMONADE,
		id: 'lemonade-deepseek',
		label: 'Lemonade DeepSeek (6.7B)',
		model: 'deepseek-coder-6.7b-instruct-GGUF',
		pattern: /deepseek-coder[^/]*[-:]6\.7b/i,
		roles: ['coder', 'reasoning', 'pattern-extraction'],
		sizeBillions: 6.7,
	},
	{
		...OLLAMA,
		id: 'ollama-llama',
		label: 'Llama 3.1 70B (Ollama)',
		model: 'llama3.1:70b',
		pattern: /llama-?3\.1[^/]*[-:]70b/i,
		roles: ['general', 'reasoning', 'pattern-extraction'],
		sizeBillions: 70,
	},
	{
		...OLLAMA,
		id: 'ollama-codellama',
		label: 'CodeLlama 34B (Ollama)',
		model: 'codellama:34b',
		pattern: /codellama[^/]*[-:]34b/i,
		roles: ['coder', 'pattern-extraction'],
		sizeBillions: 34,
	},
	{
		id: 'claude',
		label: 'Claude (Anthropic)',
		server: 'anthropic',
		url: 'https://api.anthropic.com',
		model: 'claude-sonnet-4-6',
		pattern: /^claude-(?:sonnet|opus)-/i,
		roles: ['general', 'coder', 'reasoning'],
		isRemote: true,
		sizeBillions: null,
	},
	{
		id: 'openai',
		label: 'GPT-4 class (OpenAI)',
		server: 'openai',
		url: 'https://api.openai.com/v1',
		model: 'gpt-4.1',
		pattern: /^gpt-(?:4\.1|4o|5)(?:$|-\d)/i,
		roles: ['general', 'coder', 'reasoning'],
		isRemote: true,
		sizeBillions: null,
	},
	{
		id: 'deepseek',
		label: 'DeepSeek',
		server: 'deepseek',
		url: 'https://api.deepseek.com/v1',
		model: 'deepseek-chat',
		pattern: /^deepseek-(?:chat|reasoner)/i,
		roles: ['general', 'coder', 'reasoning'],
		isRemote: true,
		sizeBillions: null,
	},
];

/** The known model that a server's model is; null for one that nobody described. A model of the right name counts on any server of its kind of place. */
export function knownModelOf(name: string, isRemote: boolean): KnownModel | null {
	return KNOWN_MODELS.find((known) => known.isRemote === isRemote && known.pattern.test(name)) ?? null;
}

/** All presets, each with the id of the model that is there and is this one. */
export function presetsWith(models: readonly { readonly id: string; readonly isRemote: boolean }[]): readonly ModelPreset[] {
	return KNOWN_MODELS.map(({ pattern, ...preset }) => {
		const present = models.find(({ id, isRemote }) => isRemote === preset.isRemote && pattern.test(id.slice(id.indexOf('/') + 1)));
		return { ...preset, presentAs: present?.id ?? null };
	});
}
