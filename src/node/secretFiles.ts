import { readFileSync } from 'node:fs';
import { CoordinatorError } from '#core/base/errors';

type Environment = Readonly<Record<string, string | undefined>>;

const SECRETS = /^(?:QDRANT_API_KEY|HYBRID_DATABASE_PASSWORD|HYBRID_KEY_[A-Z0-9_]+)$/;

/**
 * The environment with secrets that it names by file, as containers are given them: `QDRANT_API_KEY_FILE` is the path of what
 * `QDRANT_API_KEY` would hold; what is there itself wins. Throws `invalid-argument`, naming the variable, for a file that cannot be read.
 */
export function withSecretFiles(environment: Environment): Environment {
	const read: Record<string, string> = {};
	for (const [name, path] of Object.entries(environment)) {
		const secret = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : '';
		if (!SECRETS.test(secret) || !path || environment[secret]) continue;
		try {
			read[secret] = readFileSync(path, 'utf8').trim();
		} catch (cause) {
			throw new CoordinatorError('invalid-argument', `The file that ${name} names cannot be read.`, { cause });
		}
	}
	return { ...environment, ...read };
}
