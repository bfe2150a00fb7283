import { join } from 'node:path';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { CoordinatorError } from '#core/base/errors';
import { createCoordinator } from '#core/coordinator';
import type { Coordinator } from '#core/domain/requests';
import { DEFAULT_SETTINGS, type Settings } from '#core/settings';
import { settingsFromWire } from '#core/settingsFromWire';
import { resolveDataDirectory } from '#node/dataDirectory';
import { createLog } from '#node/log';
import { createPorts } from '#node/ports';
import { createMonitor } from '#node/prometheus';
import { databasePassword, qdrantKey } from '#node/secretsFromEnvironment';
import { overEnvironment } from '#node/settingsFromEnvironment';
import {
	type ClientNotifications,
	type ClientRequests,
	type InitializeParams,
	type InitializeResult,
	PROTOCOL_VERSION,
	type ServerNotifications,
} from '#protocol/messages';
import { createHostModels } from './hostModels.ts';
import { WindowMetrics } from './windowMetrics.ts';
import { toResponseError, withSignal } from './wire.ts';

/** Status goes out at once when the phase changes, else at most four times a second. */
const STATUS_INTERVAL_MS = 250;

/** Answers the protocol's requests on `connection` with one coordinator, made by `initialize`. */
export function serveCoordinator(connection: MessageConnection): { close(): Promise<void> } {
	let coordinator: Coordinator | undefined;
	let settings: Settings | undefined;
	let applySettings: ((settings: Settings) => Promise<void>) | undefined;
	let isClosing = false;

	const notify = <N extends keyof ServerNotifications>(name: N, value: ServerNotifications[N]) => {
		if (!isClosing) void connection.sendNotification(name, value).catch(() => undefined);
	};
	const log = createLog((level, message) => notify('log', { level, message }));

	const current = (): Coordinator => {
		if (!coordinator) throw new CoordinatorError('invalid-argument', 'The first request must be `initialize`.');
		return coordinator;
	};
	const on = <R extends keyof ClientRequests>(
		name: R,
		answer: (params: ClientRequests[R][0], signal: AbortSignal) => ClientRequests[R][1] | Promise<ClientRequests[R][1]>,
	) => {
		connection.onRequest(name, async (params: ClientRequests[R][0], token: CancellationToken): Promise<unknown> => {
			try {
				return await withSignal(token, async (signal) => answer(params, signal));
			} catch (error) {
				const response = toResponseError(error);
				if (response.data?.code !== 'cancelled') log.warn(`${name} failed: ${response.data?.code}: ${response.message}`);
				throw response;
			}
		});
	};
	const onNotification = <N extends keyof ClientNotifications>(name: N, react: (value: ClientNotifications[N]) => void | Promise<void>) => {
		connection.onNotification(name, async (value: ClientNotifications[N]) => {
			try {
				await react(value);
			} catch (error) {
				log.error(`${name} failed`, error);
			}
		});
	};
	const read = (wire: InitializeParams['settings']): Settings => {
		const { settings: parsed, refused } = settingsFromWire(overEnvironment(wire, process.env));
		if (refused.length > 0) log.warn(`These settings have a value that cannot be used and keep their default: ${refused.join(', ')}`);
		return parsed;
	};

	on('initialize', async (params): Promise<InitializeResult> => {
		if (params.protocolVersion !== PROTOCOL_VERSION) {
			throw new CoordinatorError('invalid-argument', 'Extension and coordinator are of different versions; reload the window.', {
				details: { expected: PROTOCOL_VERSION, received: params.protocolVersion },
			});
		}
		log.setLevel(params.logLevel);
		settings = read(params.settings);
		const dataDirectory = resolveDataDirectory(settings.dataDirectory);
		const ports = createPorts({
			assetsPath: join(params.extensionPath, 'dist'),
			threads: settings.index.threads,
			log,
			secrets: {
				get: async (name) =>
					(await connection.sendRequest<string | null>('secrets/get', { name })) ?? databasePassword(name, process.env) ?? qdrantKey(name, process.env),
			},
			network: () => (settings ?? DEFAULT_SETTINGS).network,
			hostModels: createHostModels(connection, () => (settings ?? DEFAULT_SETTINGS).models),
		});
		const made = await createCoordinator({ ports, settings, dataDirectory });
		coordinator = made.coordinator;
		const startMonitor = () => {
			const monitor = createMonitor(log);
			monitor.watch(made.coordinator, made.onDidObserve);
			return monitor;
		};
		const metrics = new WindowMetrics({ createMonitor: startMonitor, dataDirectory, log });
		applySettings = async (next) => {
			await Promise.all([made.applySettings(next), metrics.apply(next.monitoring.port)]);
		};
		await metrics.apply(settings.monitoring.port);
		forwardStatus(made.coordinator, notify);
		await made.coordinator.openFolders(params.folders);
		return {
			protocolVersion: PROTOCOL_VERSION,
			version: made.version,
			dataDirectory,
			sqliteEngine: made.sqliteEngine,
			status: made.coordinator.status(),
		};
	});
	on('index/start', async () => {
		await current().startIndexing();
		return null;
	});
	on('index/pause', () => {
		current().pauseIndexing();
		return null;
	});
	on('index/resume', () => {
		current().resumeIndexing();
		return null;
	});
	on('index/stop', () => {
		current().stopIndexing();
		return null;
	});
	on('index/clear', async () => {
		await current().clearIndex();
		return null;
	});
	on('index/status', () => current().status());
	on('index/skipped', ({ worktreeId, reason }) => current().skippedExamples(worktreeId, reason));
	on('indexes/list', () => current().storedIndexes());
	on('stores/move', ({ to }, signal) => current().moveStores(to, () => undefined, signal));
	on('indexes/clear', ({ repositoryIds }) => current().clearStoredIndexes(repositoryIds));
	on('search', (query, signal) => current().search(query, signal));
	on('ask', (query, signal) => current().ask(query, (part) => notify('ask/part', { interactionId: query.interactionId, part }), signal));
	on('fix/propose', (request, signal) => current().proposeFix(request, signal));
	on('outcome/report', ({ signals }) => current().reportOutcome(signals));
	on('models/list', (options) => current().models(options ?? {}));
	on('models/endpoints', () => current().modelEndpoints());
	on('models/presets', () => current().modelPresets());
	on('models/test', ({ id }, signal) => current().testModel(id, signal));
	on('models/pull', async ({ pullId, ...request }, signal) => {
		await current().pullModel(request, (progress) => notify('models/pullProgress', { pullId, progress }), signal);
		return null;
	});
	on('fix/offer', (request) => current().offerFixes(request));
	on('fix/record', async (outcome) => {
		await current().recordFix(outcome);
		return null;
	});
	on('command/ended', (run) => current().commandEnded(run));
	on('command/edited', (edit) => {
		current().answerEdited(edit);
		return null;
	});
	on('command/last', () => current().lastFailure());
	on('interaction/track', (tracked, signal) => current().trackInteraction(tracked, signal));
	on('knowledge/find', (request, signal) => current().findKnowledge(request, signal));
	on('knowledge/list', (query) => current().knowledge.list(query));
	on('knowledge/detail', ({ id }) => current().knowledge.detail(id));
	on('knowledge/update', ({ id, change }) => current().knowledge.change(id, change));
	on('knowledge/delete', ({ ids }) => current().knowledge.remove(ids));
	on('knowledge/forget', (scope) => current().knowledge.forget(scope));
	on('knowledge/export', (request) => current().knowledge.export(request));
	on('knowledge/import', (request) => current().knowledge.import(request));
	on('knowledge/status', () => current().knowledge.status());
	on('dataset/preview', async (request) => (await current().knowledge.dataset(request)).report);
	on('dataset/build', (request) => current().knowledge.dataset(request));
	on('router/explain', ({ interactionId }) => current().router.explain(interactionId));
	on('router/overview', () => current().router.overview());
	on('router/reset', () => {
		current().router.reset();
		return null;
	});
	on('router/export', () => current().router.export());
	on('ranking/overview', () => current().ranking.overview());
	on('ranking/reset', () => {
		current().ranking.reset();
		return null;
	});
	on('ranking/export', () => current().ranking.export());
	on('ledger/summary', (options) => current().spending(options ?? {}));
	on('team/report', (options) => current().teamReport(options));
	on('team/state', () => current().teamState());
	on('dashboard/read', (query) => current().dashboard(query));
	on('dashboard/rows', (query) => current().dashboardRows(query));
	on('models/discover', (_, signal) => current().discoverServers(signal));
	on('report', () => current().diagnosticsReport());
	const close = async () => {
		isClosing = true;
		await coordinator?.close();
		coordinator = undefined;
	};
	on('shutdown', async () => {
		await close();
		return null;
	});

	onNotification('settings/changed', async ({ settings: wire }) => {
		settings = read(wire);
		await applySettings?.(settings);
	});
	onNotification('folders/changed', ({ folders }) => current().openFolders(folders));
	onNotification('files/changed', ({ changes }) => current().filesChanged(changes));
	onNotification('secrets/changed', () => current().secretsChanged());
	onNotification('log/level', ({ level }) => log.setLevel(level));
	return { close };
}

function forwardStatus(coordinator: Coordinator, notify: <N extends keyof ServerNotifications>(name: N, value: ServerNotifications[N]) => void): void {
	let timer: NodeJS.Timeout | undefined;
	let phase: string | undefined;
	const send = () => {
		clearTimeout(timer);
		timer = undefined;
		const status = coordinator.status();
		phase = status.phase;
		notify('index/statusChanged', status);
	};
	coordinator.onDidChangeStatus((status) => {
		if (status.phase !== phase) send();
		else timer ??= setTimeout(send, STATUS_INTERVAL_MS);
	});
}
