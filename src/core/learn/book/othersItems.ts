import type { LearnedCollection } from '#core/domain/knowledge';
import type { Filter, OthersPoint, OthersReader } from '#core/store/vectorStore';

const PAGE = 250;
/** Of what others share the first so many are looked at: a list is made anew whenever it is looked at. */
const MOST = 2_000;

/** What others share of a collection, page by page; nothing where it cannot be known now. */
export async function* readOthers<C extends LearnedCollection>(others: OthersReader | null, collection: C, filter?: Filter): AsyncGenerator<OthersPoint<C>> {
	let read = 0;
	for (let offset: string | null = ''; offset !== null && read < MOST; ) {
		const page: Awaited<ReturnType<OthersReader['scrollOthers']>> =
			(await others?.scrollOthers(collection, {
				limit: PAGE,
				...(offset === '' ? {} : { offset }),
				...(filter ? { filter } : {}),
			})) ?? null;
		if (!page) return;
		yield* page.points as OthersPoint<C>[];
		read += page.points.length;
		offset = page.nextOffset;
	}
}
