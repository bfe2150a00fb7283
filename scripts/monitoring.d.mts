import type { MetricDefinition } from '../src/core/metrics/monitor/metricTable.ts';

export interface Panel {
	readonly type: string;
	readonly description?: string;
	readonly gridPos: { readonly x: number; readonly y: number };
}
export function dashboard(): { readonly panels: readonly Panel[] };
export function queriesOf(metric: MetricDefinition): readonly { readonly expr: string; readonly legendFormat: string }[];
export const FILES: Readonly<Record<string, () => string>>;
