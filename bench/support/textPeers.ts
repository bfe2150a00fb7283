import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findRipgrep, timesOf } from './peers.ts';

/** The questions as words joined by OR, ranked by FTS5's own BM25, 100 rows each. */
export async function fullTextSearch(path: string, prompts: readonly string[]) {
	const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
	const database = new DatabaseSync(':memory:');
	database.exec('CREATE VIRTUAL TABLE texts USING fts5(text)');
	database.prepare('ATTACH ? AS source').run(path);
	database.exec('INSERT INTO texts (rowid, text) SELECT row, text FROM source.bodies');
	const find = database.prepare('SELECT rowid, rank FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 100');
	const times = await timesOf(prompts, (prompt) => find.all((prompt.match(/\w+/g) ?? []).map((word) => `"${word}"`).join(' OR ')));
	database.close();
	return times;
}

/** One pass of ripgrep a question over the same texts as files, counting the lines with one of its longer words; kept beside the index. */
export async function ripgrepSearch(path: string, prompts: readonly string[]) {
	const command = findRipgrep();
	if (typeof command !== 'string') return command;
	const folder = join(dirname(path), 'texts');
	if (!existsSync(join(folder, '.complete'))) writeTexts(path, folder);
	return timesOf(prompts, (prompt) => {
		const words = (prompt.match(/\w{4,}/g) ?? []).flatMap((word) => ['-e', word]);
		try {
			execFileSync(command, ['--ignore-case', '--count', '--fixed-strings', '--no-ignore', ...words, '.'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
		} catch (error) {
			// It says with 1 that nothing was found.
			if ((error as { readonly status?: number }).status !== 1) throw error;
		}
	});
}

function writeTexts(path: string, folder: string): void {
	const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
	const database = new DatabaseSync(path, { readOnly: true });
	const texts = new Map<string, string[]>();
	for (const { file_path, text } of database.prepare('SELECT p.file_path, b.text FROM points p JOIN bodies b ON b.row = p.body ORDER BY p.row').iterate()) {
		const known = texts.get(String(file_path));
		if (known) known.push(String(text));
		else texts.set(String(file_path), [String(text)]);
	}
	database.close();
	for (const [file, parts] of texts) {
		const place = join(folder, file);
		mkdirSync(dirname(place), { recursive: true });
		writeFileSync(place, parts.join('\n\n'));
	}
	writeFileSync(join(folder, '.complete'), '');
}
