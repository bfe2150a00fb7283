import { type ErrorFinder, type FoundError, found, place } from './foundError.ts';

/** Surefire names the class of a test before it, or with its method; Gradle before it, with groups between. */
const SUREFIRE_CLASS = /(?:Running|--? in) ([\w$]+(?:\.[\w$]+)*)$/;
const SUREFIRE_TEST = /^\[ERROR\] (\S+?)(?:\([\w$.]+\))?\s+(?:-- )?Time elapsed: .*<<< (?:FAILURE|ERROR)!/;
const THROWN = /^\s{0,8}((?:[\w$]+\.)*[A-Z][\w$]*)(?:: (.*)| at (\S+\.\w+):(\d+))?$/;
const FRAME = /^\s+at (?:\S+\/)?((?:[\w$]+\.)+)[\w$<>]+\(([\w$]+\.(?:java|kt|scala|groovy)):(\d+)\)$/;
/** Frames of the language and of what runs and compares: the error is seldom theirs. */
const FOREIGN = /^(?:java|javax|jdk|sun|kotlin|org\.(?:junit|opentest4j|hamcrest|assertj|mockito|gradle|apache\.maven))\./;
const MAVEN_ERROR = /^\[(?:ERROR|FATAL)\] (.+)$/;
const MAVEN_GOAL = /^Failed to execute goal .*?on project \S+: (.+)$/;
/** What Maven says whenever it fails. */
const MAVEN_NOISE = /^(?:COMPILATION ERROR|Tests run|There are|Re-run|To see|For more|See |\[Help|->|\s|$)/;
const GRADLE_WHERE = /^(?:Build|Settings|Script|Initialization script) file '(.+?)' line: (\d+)$/;
const FRAMES_READ = 40;

/** Tests of JUnit that Maven and Gradle ran. */
export const jvmTests: ErrorFinder = (lines) => {
	let ofClass = '';
	return lines.flatMap((line, at): FoundError[] => {
		ofClass = SUREFIRE_CLASS.exec(line)?.[1] ?? ofClass;
		const surefire = SUREFIRE_TEST.exec(line)?.[1];
		if (surefire !== undefined) return thrown(lines, at, surefire.includes('.') ? surefire : `${ofClass}.${surefire}`);
		const groups = line.endsWith(' FAILED') ? line.slice(0, -' FAILED'.length).split(' > ') : [];
		return groups.length > 1 ? thrown(lines, at, groups.join('.').replace(/\(\)$/, '')) : [];
	});
};

/** What Maven and Gradle say where no tool that they run does. */
export const jvmBuilds: ErrorFinder = (lines) => [...mavenErrors(lines), ...gradleErrors(lines)];

/** The place that frames name, by the package: nobody says where its root is. */
export function frameOf(line: string): { readonly path: string; readonly line: string } | null {
	const [, qualified = '', file = '', number = ''] = FRAME.exec(line) ?? [];
	const folder = qualified.split('.').slice(0, -2).join('/');
	return file === '' || FOREIGN.test(qualified) ? null : { path: folder === '' ? file : `${folder}/${file}`, line: number };
}

function thrown(lines: readonly string[], at: number, test: string): FoundError[] {
	const said = THROWN.exec(lines[at + 1] ?? '');
	if (!said) return [];
	const [, code = '', message = '', file, line] = said;
	const end = lines.findIndex((other, index) => index > at + 1 && !/^\s+(?:at |\.\.\. )/.test(other));
	const frames = lines.slice(at + 2, end < 0 ? at + FRAMES_READ : Math.min(end, at + FRAMES_READ));
	const own = frames.map(frameOf).find((frame) => frame !== null) ?? null;
	const folder = test.split('.').slice(0, -2).join('/');
	const short = file === undefined ? undefined : folder === '' ? file : `${folder}/${file}`;
	const named = test.split('.').slice(-2).join('.');
	return [found(at, 'junit', message, { code: code.split('.').at(-1) ?? '', test: named, ...(own ? place(own.path, own.line) : place(short, line)) })];
}

function mavenErrors(lines: readonly string[]): FoundError[] {
	// Others write their errors so, too.
	if (!lines.some((line) => /^\[(?:INFO\] BUILD FAILURE$|ERROR\] \[Help \d+\] )/.test(line))) return [];
	const at = lines.findIndex((line) => !MAVEN_NOISE.test(MAVEN_ERROR.exec(line)?.[1] ?? ''));
	const said = at < 0 ? undefined : MAVEN_ERROR.exec(lines[at] ?? '')?.[1];
	if (said === undefined) return [];
	const message = (MAVEN_GOAL.exec(said)?.[1] ?? said).replace(/ -> \[Help \d+\]$/, '');
	return [found(at, 'maven', message.replace(/(?<=\.) You must specify .*$/, ''))];
}

function gradleErrors(lines: readonly string[]): FoundError[] {
	const at = lines.findIndex((line) => line === '* What went wrong:');
	if (at < 0) return [];
	const reasons = lines.slice(at + 1, at + 10).flatMap((line) => /^\s*> (.+)$/.exec(line)?.[1] ?? []);
	const message = reasons.at(-1) ?? lines[at + 1] ?? '';
	const where = lines.slice(0, at).flatMap((line) => GRADLE_WHERE.exec(line) ?? []);
	return message === '' ? [] : [found(at, 'gradle', message, place(where[1], where[2]))];
}
