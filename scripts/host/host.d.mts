import type { Browser, Page } from 'playwright-core';

export interface RunningHost {
	readonly folder: string;
	readonly origin: string;
	at(...parts: string[]): string;
	url(tests?: string): string;
	stop(): Promise<void>;
}

export function startHost(options: {
	readonly workspace: string;
	readonly isCopied?: boolean;
	readonly development?: string;
	readonly links?: readonly string[];
	readonly packages?: readonly string[];
	readonly settings?: Readonly<Record<string, unknown>>;
	readonly environment?: Readonly<Record<string, string>>;
	readonly isTestDriver?: boolean;
	readonly isTrusted?: boolean;
}): Promise<RunningHost>;
export function openPage(options?: {
	readonly parameters?: readonly string[];
	readonly width?: number;
	readonly height?: number;
}): Promise<{ readonly browser: Browser; readonly page: Page }>;
