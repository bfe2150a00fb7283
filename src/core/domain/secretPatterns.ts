/**
 * Tokens that name themselves: a fixed prefix, then a body of a known alphabet and least length. The formats are those that the issuers
 * document and that gitleaks and GitHub's secret scanning look for. `prefix` is a literal part of `pattern`, used to find candidates fast.
 */
export interface TokenPattern {
	readonly prefix: string;
	readonly pattern: string;
}

export const TOKEN_PATTERNS: readonly TokenPattern[] = [
	...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((prefix) => ({ prefix, pattern: `\\b${prefix}[A-Z0-9]{16}\\b` })),
	...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ({ prefix, pattern: `\\b${prefix}[A-Za-z0-9]{36,255}` })),
	{ prefix: 'github_pat_', pattern: '\\bgithub_pat_\\w{22,255}' },
	...['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'gloas-', 'glft-', 'glimt-', 'glagent-'].map((prefix) => ({
		prefix,
		pattern: `\\b${prefix}[\\w.-]{20,300}`,
	})),
	...['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'].map((prefix) => ({ prefix, pattern: `\\b${prefix}[\\w-]{16,300}` })),
	{ prefix: 'hooks.slack.com/services/', pattern: '(?<=hooks\\.slack\\.com/services/)T\\w{6,}/B\\w{6,}/\\w{16,}' },
	{ prefix: 'AIza', pattern: '\\bAIza[\\w-]{35}' },
	{ prefix: 'GOCSPX-', pattern: '\\bGOCSPX-[\\w-]{28}' },
	{ prefix: 'ya29.', pattern: '\\bya29\\.[\\w-]{20,}' },
	{ prefix: 'sk-', pattern: '\\bsk-(?=[\\w-]{0,300}\\d)(?:ant-|proj-|svcacct-|admin-|or-v1-|lf-)?[\\w-]{20,300}' },
	...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'pk_live_'].map((prefix) => ({ prefix, pattern: `\\b${prefix}[A-Za-z0-9]{16,}` })),
	{ prefix: 'whsec_', pattern: '\\bwhsec_[A-Za-z0-9+/]{24,}={0,2}' },
	{ prefix: 'npm_', pattern: '\\bnpm_[A-Za-z0-9]{36}\\b' },
	{ prefix: 'pypi-AgE', pattern: '\\bpypi-AgE[\\w-]{50,}' },
	{ prefix: '8Q~', pattern: '\\b\\w{3}8Q~[\\w~.-]{34}' },
	{ prefix: 'AccountKey=', pattern: '(?<=AccountKey=)[A-Za-z0-9+/]{40,}={0,2}' },
	{ prefix: 'SharedAccessKey=', pattern: '(?<=SharedAccessKey=)[A-Za-z0-9+/]{40,}={0,2}' },
	{ prefix: 'sig=', pattern: '(?<=[?&]sig=)[A-Za-z0-9%]{40,}' },
	{ prefix: 'eyJ', pattern: '\\beyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]{8,}' },
	{ prefix: 'hf_', pattern: '\\bhf_[A-Za-z]{34}\\b' },
	{ prefix: 'SG.', pattern: '\\bSG\\.[\\w-]{22}\\.[\\w-]{43}' },
	...['doo_v1_', 'dop_v1_', 'dor_v1_'].map((prefix) => ({ prefix, pattern: `\\b${prefix}[0-9a-f]{64}` })),
	{ prefix: 'dckr_pat_', pattern: '\\bdckr_pat_[\\w-]{20,}' },
	...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((prefix) => ({ prefix, pattern: `\\b${prefix}[0-9a-fA-F]{32}` })),
	{ prefix: 'dapi', pattern: '\\bdapi[0-9a-f]{32}' },
	{ prefix: 'hvs.', pattern: '\\bhvs\\.[\\w-]{24,}' },
	{ prefix: 'lin_api_', pattern: '\\blin_api_[A-Za-z0-9]{32,}' },
	{ prefix: 'gsk_', pattern: '\\bgsk_[A-Za-z0-9]{40,}' },
	{ prefix: 'xai-', pattern: '\\bxai-[A-Za-z0-9]{40,}' },
	{ prefix: 'pplx-', pattern: '\\bpplx-[A-Za-z0-9]{40,}' },
	{ prefix: 'r8_', pattern: '\\br8_[A-Za-z0-9]{37}' },
	{ prefix: 'pscale_', pattern: '\\bpscale_(?:tkn|pw|oauth)_[\\w.-]{32,}' },
	{ prefix: 'ATATT3', pattern: '\\bATATT3[\\w=-]{60,}' },
	{ prefix: 'glsa_', pattern: '\\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}' },
	{ prefix: 'sntrys_', pattern: '\\bsntrys_[\\w+/=-]{40,}' },
	{ prefix: 'NRAK-', pattern: '\\bNRAK-[A-Z0-9]{27}' },
	{ prefix: 'AGE-SECRET-KEY-1', pattern: '\\bAGE-SECRET-KEY-1[A-Z0-9]{50,}' },
	{ prefix: ':AA', pattern: '\\b\\d{8,10}:AA[\\w-]{33}\\b' },
];

/** Names whose value is a password: short values count too. Tested at the end of an identifier. */
export const PASSWORD_NAME = /(?:passw(?:or)?d|passwd|passphrase|(?:^|[_\W])pass|(?:^|[_\W])pwd|[a-z]Pwd|secret)$/i;

/** Names whose value is a token or key: only long values of high entropy count. */
export const TOKEN_NAME =
	/(?:token|(?:api|access|auth|account|secret|private|encryption|signing|master|license|service|client|app|storage|webhook)[_-]?key|credentials?|secret[_-]?(?:key|id|value|access[_-]?key)|(?:^|[_-])auth|authorization|bearer)$/i;

/** What stands where a secret will be, in examples and templates. */
export const PLACEHOLDER =
	/^(?:\$|%|<|\{|\[|\*{3}|x{3,}|\.{3})|\$\{|\{\{|<[\w -]+>|redacted|example|placeholder|change[_-]?me|your[_-]|my[_-]?(?:secret|password|token|api)|dummy|fake|^(?:pass(?:word|wd)?|secret|token|test|todo|none|null|undefined|true|false)\d{0,3}$/i;
