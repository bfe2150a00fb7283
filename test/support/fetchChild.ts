// Asks one address with the settings of the network given as JSON, in a process of its own: some of the environment is read at start only.
import { createNetworkFetch } from '#node/networkFetch';

const [url = '', settings = '{}'] = process.argv.slice(2);
try {
	const response = await createNetworkFetch(() => JSON.parse(settings))(url);
	process.stdout.write(`${response.status} ${await response.text()}`);
} catch (error) {
	process.stdout.write(`failed ${(error as { cause?: { code?: string } }).cause?.code}`);
}
process.exit(0);
