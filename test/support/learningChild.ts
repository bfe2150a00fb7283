import { learnedInteraction, signalOn } from './interactions.ts';
import { openTestKnowledge } from './knowledge.ts';
import { startLearning, topicModel } from './learning.ts';
import { createManualClock } from './manualClock.ts';

// A process that learns: `node learningChild.ts DATABASE FIRST COUNT CLOCK_OFFSET_MS`. Tells its parent of every outcome that was acknowledged.
const [path = '', first = '0', count = '0', offset = '0'] = process.argv.slice(2);
const clock = createManualClock();
clock.advance(Number(offset));
const knowledge = await openTestKnowledge(path);
const { loop, queue } = startLearning({ knowledge, clock, models: () => [topicModel()] });
void loop.catchUp();
queue.resume();
for (let number = Number(first); number < Number(first) + Number(count); number++) {
	await loop.remember(learnedInteraction(number));
	await loop.report([signalOn(number, `t${number}`, 'thumbs', number % 5 === 4 ? -1 : 1), signalOn(number, `e${number}`, 'edit-applied', 1)]);
	process.send?.({ acknowledged: number });
}
await queue.whenIdle();
process.send?.({ isDone: true });
