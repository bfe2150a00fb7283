import type { Coordinator } from '#core/domain/requests';
import type { MetricSink } from './recordObservation.ts';

/** What is so now, for a scrape. A part that cannot be read leaves its figures out: a failing database must not hide that it fails. */
export async function readState(sink: MetricSink, coordinator: Pick<Coordinator, 'status' | 'knowledge' | 'spending' | 'modelEndpoints'>): Promise<void> {
	const { vectors, folders, problems } = coordinator.status();
	sink.set(
		'hybrid_index_chunks',
		folders.reduce((sum, { chunks }) => sum + chunks, 0),
	);
	sink.set('hybrid_index_vectors_waiting', vectors.total - vectors.done);
	sink.set('hybrid_index_problems', problems.length);
	await Promise.allSettled([
		coordinator.knowledge.status().then(({ items, extractions }) => {
			for (const [collection, count] of Object.entries(items)) sink.set('hybrid_knowledge_items', count, { collection });
			sink.set('hybrid_patterns', extractions.waiting, { state: 'waiting' });
			sink.set('hybrid_patterns', extractions.done, { state: 'done' });
			sink.set(
				'hybrid_patterns',
				Object.values(extractions.dropped).reduce((sum, count) => sum + count, 0),
				{ state: 'dropped' },
			);
		}),
		coordinator.spending().then(({ budget }) => {
			for (const { period, limitUsd, spentUsd } of [budget.day, budget.month]) {
				if (limitUsd === null) continue;
				sink.set('hybrid_budget_limit_usd', limitUsd, { period });
				sink.set('hybrid_budget_remaining_usd', Math.max(0, limitUsd - spentUsd - budget.reservedUsd), { period });
			}
		}),
		coordinator.modelEndpoints().then((endpoints) => {
			for (const health of ['up', 'down', 'unknown'] as const) {
				sink.set('hybrid_model_servers', endpoints.filter((endpoint) => endpoint.health.state === health).length, { health });
			}
		}),
	]);
}
