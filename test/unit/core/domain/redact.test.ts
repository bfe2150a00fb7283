import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REDACTION_MARK, redactSecrets } from '#core/domain/redact';

/** Made at run time from parts, so that no scanner takes this file for a leak. */
const body = (length: number, alphabet = 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYz') => Array.from({ length }, (_, i) => alphabet[(i * 7 + 3) % alphabet.length]).join('');
const upper = (length: number) => body(length, 'A1B2C3D4E5F6G7H8');
const hex = (length: number) => body(length, '0f1e2d3c4b5a69788');

const TOKENS: Readonly<Record<string, string>> = {
	'AWS access key': `AKIA${upper(16)}`,
	'GitHub personal token': `ghp_${body(36)}`,
	'GitHub fine-grained token': `github_pat_${body(60)}`,
	'GitLab token': `glpat-${body(20)}`,
	'Slack bot token': `xoxb-${body(40)}`,
	'Google API key': `AIza${body(35)}`,
	'OpenAI key': `sk-proj-${body(48)}`,
	'old OpenAI key': `sk-${body(48)}`,
	'Anthropic key': `sk-ant-api03-${body(90)}`,
	'Stripe key': `sk_live_${body(24)}`,
	'npm token': `npm_${body(36)}`,
	'PyPI token': `pypi-AgEIcHlwaS5vcmc${body(60)}`,
	'Azure client secret': `abc8Q~${body(34)}`,
	'JSON web token': `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${body(43)}`,
	'Hugging Face token': `hf_${'abcdefghijklmnopqrstuvwxyzABCDEFGH'}`,
	'SendGrid key': `SG.${body(22)}.${body(43)}`,
	'Telegram bot token': `123456789:AA${body(33)}`,
};

describe('redactSecrets', () => {
	it.each(Object.entries(TOKENS))('blanks a %s wherever it stands', (_, token) => {
		for (const text of [`x = "${token}"`, `curl -H 'X: ${token}' https://host/`, `# ${token}\n`, `{"a":"${token}"}`, token]) {
			const redacted = redactSecrets(text);
			expect(redacted.text).not.toContain(token);
			expect(redacted.text).toContain(REDACTION_MARK);
			expect(redacted.redactions).toBeGreaterThan(0);
		}
	});

	it.each([
		[`postgres://admin:hunter2!x@db.internal:5432/app`, 'hunter2!x'],
		[`amqp://u:${body(12)}@rabbit/vhost`, body(12)],
		[`Server=db;User Id=sa;Password=S3cret!word;Encrypt=true;`, 'S3cret!word'],
		[`DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${body(86)}==;`, body(86)],
		[`const password = 'Tr0ub4dor&3';`, 'Tr0ub4dor&3'],
		[`"db_password": "x9!kkLmQ"`, 'x9!kkLmQ'],
		[`settings['password'] = "x9!kkLmQ"`, 'x9!kkLmQ'],
		[`let apiKey: string = "${body(32)}"`, body(32)],
		[`api_key => '${hex(32)}'`, hex(32)],
		[`export DB_PASSWORD=Sup3rS3cret`, 'Sup3rS3cret'],
		[`  client_secret: ${body(30)}`, body(30)],
		[`Authorization: Bearer ${body(40)}`, body(40)],
		[`aws_secret_access_key = ${body(40)}`, body(40)],
	])('blanks the secret in %s', (text, secret) => {
		const redacted = redactSecrets(`before\n${text}\nafter`);
		expect(redacted.text).not.toContain(secret);
		expect(redacted.text.startsWith('before\n')).toBe(true);
		expect(redacted.text.endsWith('\nafter')).toBe(true);
		expect(redacted.redactions).toBe(1);
	});

	it('blanks a private key block line by line and keeps its lines', () => {
		const block = `-----BEGIN RSA PRIVATE KEY-----\n${body(64)}\r\n${body(64)}\n-----END RSA PRIVATE KEY-----`;
		const redacted = redactSecrets(`a\n${block}\nb`);
		expect(redacted.text).toBe(`a\n-----BEGIN RSA PRIVATE KEY-----\n${REDACTION_MARK}\r\n${REDACTION_MARK}\n-----END RSA PRIVATE KEY-----\nb`);
		const inString = `key = "-----BEGIN PRIVATE KEY-----\\n${body(64)}\\n-----END PRIVATE KEY-----\\n"`;
		expect(redactSecrets(inString).text).not.toContain(body(64));
		expect(redactSecrets(`-----BEGIN OPENSSH PRIVATE KEY-----\n${body(64)}\n${body(64)}`).text).not.toContain(body(64));
	});

	it.each([
		`commit = "9fceb02d0ae598e95dc970b74767f19372d61af8"`,
		`const id = '550e8400-e29b-41d4-a716-446655440000';`,
		`"integrity": "sha512-${body(86)}=="`,
		`checksum: ${hex(64)}`,
		`sha256 = "${hex(64)}";`,
		`const tokenType = "identifier_with_long_name_12";`,
		`token = "access_token"`,
		`password = "password"`,
		`password: Your password`,
		`<input type="password" name="user_password" autocomplete="current-password">`,
		`password = os.environ["DB_PASSWORD"]`,
		`password: process.env.DB_PASSWORD2,`,
		`DATABASE_URL=postgres://user:\${DB_PASSWORD}@host/db`,
		`api_key = "<your-api-key>"`,
		`api_key = "YOUR_API_KEY_1234567890"`,
		`const SECRET_KEY = settings.SECRET_KEY1`,
		`if (token === 'EndOfFileToken') {`,
		`"secretKey": "settings.models.openai.apiKey2"`,
		`.task-list-item-checkbox-with-a-long-class-name {`,
		`const risk-assessment2 = disk-utilisation-percentage-99`,
		`"-----BEGIN RSA PRIVATE KEY-----"`,
		`git clone git@github.com:owner/repository.git`,
		`http://localhost:8080/path@v1`,
		`const url = 'https://example.com:443/a@b';`,
		`keyboard: { key: 'ArrowDown2ArrowDown2' }`,
		`import auth from "./authentication-service-v2-client"`,
	])('leaves %s as it is', (text) => {
		expect(redactSecrets(text)).toEqual({ text, redactions: 0 });
	});

	it('never changes the number of lines, and has nothing more to do the second time', () => {
		const piece = fc.oneof(
			fc.string(),
			fc.constantFrom(...Object.values(TOKENS)),
			fc.constantFrom('\n', '\r\n', '-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', 'password = "', 'a: ', '"', '://u:p4ss!w@h', 'token=', ' '),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
				const text = pieces.join(' ');
				const redacted = redactSecrets(text);
				expect(redacted.text.split('\n').length).toBe(text.split('\n').length);
				expect(redacted.redactions === 0).toBe(redacted.text === text);
				expect(redactSecrets(redacted.text).text).toBe(redacted.text);
			}),
			{ numRuns: 500 },
		);
	});

	it('stays linear on long lines of one kind', () => {
		for (const unit of ['a', '"', '=', ':', ' ', '-----BEGIN PRIVATE KEY-----', '://', 'password=', 'sk-', 'eyJ.', "x='"]) {
			const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
			expect(redactSecrets(text).text.length).toBeGreaterThan(0);
		}
	}, 20_000);
});
