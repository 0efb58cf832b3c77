// The console: the operators' page with its HTTP API and live stream. A client of broker and store, owner of nothing.

import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { environmentName } from '#runtime/config.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { named, refuseOpenListener, runService } from '#runtime/process.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { historianAddress, rulesFolderSetting, storeSection, storeUrl } from '#runtime/sections.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { consoleSection } from './config.ts';
import { openFeed } from './feed.ts';
import { buildApp } from './http/app.ts';
import { pageProblem } from './http/page.ts';
import { Sessions } from './http/session.ts';
import { Live } from './live/live.ts';
import { makeCatalog } from './plant/catalog.ts';
import { Plant } from './plant/plant.ts';
import { openInflux } from './store/influx.ts';

const sections = {
  console: consoleSection,
  store: storeSection,
  historian: historianAddress,
  rules: rulesFolderSetting,
};

await runService('console', sections, async (service) => {
  const { config, log, metrics, health, stack, now } = service;
  const { root, store: storeConfig } = config;
  const { host, port, session, loginsPerMinute, refresh, seriesMax, alarmsMax } = config.console;
  const why = 'the console speaks plain HTTP (put a TLS proxy before it)';
  refuseOpenListener(host, environmentName('console', 'host'), why);
  const pageDir = path.join(import.meta.dirname, 'dist');
  const password = readOrCreateSecret(root.data, 'operator-password').value;
  const sessionKey = readOrCreateSecret(root.data, 'session-key').value;
  const operationsKey = readOrCreateSecret(root.data, 'operations-key').value;
  const sessions = new Sessions({ password, sessionKey }, session, now);
  const { models } = readPlantFiles(config.rules.dir);
  const plant = new Plant({ catalog: makeCatalog(models), seriesMax, alarmsMax });
  const bus = openServiceBus(service);
  const live = new Live({ plant, now, brokerProblem: () => feed.problem() });
  const feed = stack.use(openFeed({ bus, live, metrics, seriesMax }));
  health.add('feed', () => feed.problem());
  health.add('page', () => pageProblem(pageDir));
  metrics.gauge('console_viewers', 'Open event streams.', () => live.viewers);
  metrics.total(
    'console_viewers_dropped_total',
    'Event streams ended because they could not keep up.',
    () => live.dropped,
  );
  const store = openInflux({ ...storeConfig, url: storeUrl(storeConfig, config.historian) });
  const { database } = storeConfig;
  const wait = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal });
  const outside = { bus, store, database, log, now, wait, pageDir };
  const app = await buildApp({ ...outside, plant, live, sessions, operationsKey, limits: { loginsPerMinute } });
  stack.defer(() => app.close());
  const timer = setInterval(() => live.tick(), refresh);
  stack.defer(() => clearInterval(timer));
  await named(environmentName('console', 'port'), () => app.listen({ host, port }));
});
