import { CommandSolutions } from '#core/learn/command/commandSolutions';
import { ErrorSolutions } from '#core/learn/error/errorSolutions';
import { fixParser, markedDiagnostic } from './fixes.ts';
import { openTestKnowledge } from './knowledge.ts';
import { createManualClock } from './manualClock.ts';

// A process that hears of outcomes of one kind of error: `node countingChild.ts DATABASE NAME COUNT`. It begins when its parent says so, and tells when it
// is done: of COUNT fixes that worked, one that did not, and COUNT commands that passed.
const [path = '', name = '', count = '1'] = process.argv.slice(2);
const clock = createManualClock();
const { store } = await openTestKnowledge(path);
const fixes = new ErrorSolutions({ store, parser: fixParser(), clock, scope: { workspaceId: 'w1', repositoryId: null } });
const commands = new CommandSolutions({ store, clock });
const error = { tool: 'pytest', code: 'KeyError', message: "KeyError: 'name'", test: null, path: null, line: null };
const place = { repositoryId: null, isLocalOnly: false, nameOf: (file: string) => file };

process.on('message', async () => {
	for (let number = 0; number < Number(count); number++) {
		const { text, diagnostic } = markedDiagnostic(`¦var ${name}${number} = 1;`, 'Unexpected var, use let or const instead.', 'typescript');
		await fixes.recordFix({ diagnostic, before: text, after: `let ${name}${number} = 1;`, provenance: [`${name}${number}`] });
		const attempt = { interactionId: `${name}${number}`, answer: 'Use get.', edits: [], isAbout: true, isLocalOnly: false, isDone: true, timeMs: 0 };
		const verdict = { workspaceId: 'w1', source: 'terminal', commandLine: 'pytest', error, firstSeenMs: 0, attempts: [attempt], hasPassed: true, failures: 0 } as const;
		await commands.record(verdict, place);
	}
	const { text, diagnostic } = markedDiagnostic('¦var last = 1;', 'Unexpected var, use let or const instead.', 'typescript');
	await fixes.recordFailure({ diagnostic, before: text, failed: 'const last = 1;' });
	process.send?.('done', () => process.exit(0));
});
process.send?.('ready');
