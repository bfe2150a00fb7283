import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Observation } from '#core/domain/observation';
import type { Coordinator } from '#core/domain/requests';
import { METRICS, type MetricDefinition, type MetricName } from '#core/metrics/monitor/metricTable';
import { readState } from '#core/metrics/monitor/readState';
import { type MetricSink, recordObservation } from '#core/metrics/monitor/recordObservation';
import type { LogPort } from '#core/ports';

export interface Monitor {
	/** Counts what a coordinator does from now on, and shows what it has. */
	watch(coordinator: Coordinator, onDidObserve: (listener: (observation: Observation) => void) => unknown): void;
	/** The text of a scrape, and its content type. */
	text(): Promise<string>;
	readonly contentType: string;
}

/** The metrics of this process in Prometheus' form, those of the process itself (memory, time, event loop) beside ours. */
export function createMonitor(log: Pick<LogPort, 'warn'>): Monitor {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	const metrics = new Map<MetricName, Counter | Gauge | Histogram>(METRICS.map((definition) => [definition.name, register(definition, registry)]));
	const sink: MetricSink = {
		add: (name, amount, labels = {}) => metric(Counter, name).inc(labels, amount),
		set: (name, value, labels = {}) => metric(Gauge, name).set(labels, value),
		observe: (name, value, labels = {}) => metric(Histogram, name).observe(labels, value),
	};
	function metric<M extends Counter | Gauge | Histogram>(type: abstract new (...parameters: never[]) => M, name: MetricName): M {
		const found = metrics.get(name);
		if (!(found instanceof type)) throw new TypeError(`${name} is not of this type`);
		return found;
	}
	let coordinator: Coordinator | undefined;

	return {
		watch(watched, onDidObserve) {
			coordinator = watched;
			onDidObserve((observation) => {
				try {
					recordObservation(sink, observation);
				} catch (error) {
					log.warn(`An observation could not be counted: ${String(error)}`);
				}
			});
		},
		async text() {
			for (const { name, type } of METRICS) if (type === 'gauge') metric(Gauge, name).reset();
			if (coordinator) await readState(sink, coordinator);
			return registry.metrics();
		},
		contentType: registry.contentType,
	};
}

function register(definition: MetricDefinition, registry: Registry): Counter | Gauge | Histogram {
	const { name, help, type, labels, buckets } = definition;
	const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
	if (type === 'histogram') return new Histogram({ ...options, buckets: [...(buckets ?? [])] });
	return type === 'counter' ? new Counter(options) : new Gauge(options);
}
