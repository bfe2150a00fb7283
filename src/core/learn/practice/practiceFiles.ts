import { isSecretPath } from '#core/domain/secretFiles';

export type PracticeCategory = 'contributing' | 'agent-rules' | 'style' | 'editor' | 'format' | 'lint';

/** Folders that rules lie in, relative to the worktree. */
export const PRACTICE_FOLDERS = ['', 'docs', 'doc', '.github', '.github/instructions', '.cursor/rules'] as const;

const KINDS: readonly (readonly [PracticeCategory, RegExp])[] = [
	['contributing', /^(?:(?:docs?|\.github)\/)?contributing(?:\.(?:md|rst|txt|adoc))?$/i],
	['agent-rules', /^(?:agents\.md|claude\.md|gemini\.md|\.cursorrules|\.windsurfrules|\.clinerules|\.github\/copilot-instructions\.md)$/i],
	['agent-rules', /^(?:\.github\/instructions\/[^/]+\.instructions\.md|\.cursor\/rules\/[^/]+\.mdc?)$/i],
	['style', /^(?:docs?\/)?[^/]*(?:style|conventions|guidelines)[^/]*\.(?:md|rst|txt)$/i],
	['editor', /^\.editorconfig$/],
	['format', /^(?:\.prettierrc(?:\.(?:json|ya?ml))?|\.?rustfmt\.toml|\.clang-format|biome\.jsonc?|dprint\.json)$/],
	['lint', /^(?:\.eslintrc(?:\.(?:json|ya?ml))?|\.stylelintrc(?:\.json)?|\.?ruff\.toml|\.golangci\.ya?ml|\.rubocop\.yml|\.pylintrc|\.flake8)$/],
];

/** What kind of rules a file of a worktree states; null for all others, and for files that may hold secrets. */
export function practiceCategory(path: string): PracticeCategory | null {
	if (isSecretPath(path)) return null;
	return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? null;
}
