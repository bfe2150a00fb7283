import type { Signal } from '#core/domain/outcome';

/** A question of the same conversation this soon after the last may be the last one put differently. */
const REPHRASED_WITHIN_MS = 180_000;
/** Cosine from which two questions ask the same. */
const SAME_QUESTION = 0.8;

/** At the start of a short message, in English and German; a long one is a new question, whatever it begins with. */
const THANKS = [
	/^(?:ok(?:ay)?[,.! ]+)?(?:many )?(?:thanks?|thank you|thx|perfect|great|awesome|excellent|nice|that (?:works|worked|helped|fixed it|did it)|it works|works(?: now)?)\b/i,
	/^(?:ok(?:ay)?[,.! ]+)?(?:(?:vielen|besten|herzlichen) dank|danke|super|perfekt|klasse|großartig|prima|(?:das|es|jetzt) (?:geht|klappt|läuft|funktioniert)|(?:das|es) hat (?:geholfen|geklappt|funktioniert))(?!\p{L})/iu,
];
/** Asked first: “that works not at all” begins as thanks do. */
const COMPLAINTS = [
	/^(?:no|nope|wrong|incorrect|not (?:quite|right|what|correct|true|helpful)|(?:that|this|it)(?:'s| is)? (?:still )?(?:wrong|not|incorrect|broken|doesn.?t|didn.?t)|(?:that|this|it) (?:still )?(?:doesn.?t|does not|didn.?t|did not|fails?|isn.?t)|still (?:not|broken|fails?|wrong|the same))\b/i,
	/^(?:nein|nee|falsch|stimmt nicht|nicht (?:ganz|richtig|das|hilfreich)|(?:das|es|jetzt) (?:ist|war|geht|klappt|läuft|funktioniert|stimmt|hilft|hat) (?:(?:immer noch|noch immer|leider|so|ja|aber|mir|doch|noch) )*(?:nicht|falsch|kaputt|verkehrt)|(?:immer noch|noch immer|leider) (?:nicht|falsch|kaputt|derselbe|dasselbe|das gleiche))(?!\p{L})/iu,
];
const LONGEST_REMARK = 160;

/**
 * What the next message of a conversation tells of the answer before: thanks, a complaint, or much the same question again. `similarity` is
 * the cosine of both questions, null where it is not known. At most one signal; its id is made of both interactions, so it counts once.
 */
export function followUpSignals(
	before: { readonly id: string; readonly timeMs: number },
	next: { readonly id: string; readonly text: string; readonly timeMs: number; readonly similarity: number | null },
): readonly Signal[] {
	const signal = (kind: Signal['kind'], value: number): Signal[] => [
		{ id: `${kind}:${before.id}:${next.id}`, interactionId: before.id, kind, value, subject: null, source: 'user', timeMs: next.timeMs },
	];
	const remark = next.text.trim();
	if (remark.length <= LONGEST_REMARK && COMPLAINTS.some((begins) => begins.test(remark))) return signal('follow-up', -1);
	if (remark.length <= LONGEST_REMARK && THANKS.some((begins) => begins.test(remark))) return signal('follow-up', 1);
	const isSoon = next.timeMs - before.timeMs <= REPHRASED_WITHIN_MS;
	return isSoon && next.similarity !== null && next.similarity >= SAME_QUESTION ? signal('rephrased', -1) : [];
}
