// Runs the suites inside the extension host and writes what happened as JSON lines to ITEST_OUT.
const fs = require('node:fs');
const path = require('node:path');

exports.run = async () => {
	const { default: Mocha } = await import('mocha');
	const write = (entry) => fs.appendFileSync(process.env.ITEST_OUT, `${JSON.stringify(entry)}\n`);
	const mocha = new Mocha({ ui: 'bdd', timeout: 90_000, reporter: 'min', grep: process.env.ITEST_GREP });
	const suites = path.join(__dirname, 'suite');
	for (const file of fs.readdirSync(suites)) if (file.endsWith('.test.cjs')) mocha.addFile(path.join(suites, file));
	await new Promise((resolve, reject) => {
		const runner = mocha.run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} failed`))));
		runner.on('pass', (test) => write({ status: 'passed', fullName: test.fullTitle(), milliseconds: test.duration }));
		runner.on('fail', (test, error) => write({ status: 'failed', fullName: test.fullTitle(), message: String(error.stack ?? error) }));
		runner.on('pending', (test) => write({ status: 'pending', fullName: test.fullTitle() }));
	});
};
