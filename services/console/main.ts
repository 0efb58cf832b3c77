// The console: the operators' page with its HTTP API and live stream. A client of broker and store, owner of nothing.

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { storeLogin } from '#runtime/access/service-login.ts';
import { environmentName } from '#runtime/config.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { named, runService } from '#runtime/process.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { historianAddress, rulesFolderSetting, storeSection, storeUrl } from '#runtime/sections.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { consoleSection } from './config.ts';
import { openFeed } from './feed.ts';
import { addHealth } from './health.ts';
import { buildApp } from './http/app.ts';
import { watchTls } from './http/tls.ts';
import { Live } from './live/live.ts';
import { openPeople } from './open-people.ts';
import { makeCatalog } from './plant/catalog.ts';
import { Plant } from './plant/plant.ts';
import { openRejected } from './rejected/open-rejected.ts';
import { openWorkbench } from './rules/open-workbench.ts';
import { openInflux } from './store/influx.ts';

const sections = {
  console: consoleSection,
  store: storeSection,
  historian: historianAddress,
  rules: rulesFolderSetting,
};

await runService('console', sections, async (service) => {
  const { config, log, metrics, stack, now } = service;
  const { root, store: storeConfig } = config;
  const { host, port, loginsPerMinute, requestsPerMinute, refresh } = config.console;
  const { seriesMax, alarmsMax, trustedProxies, rulesMaySave } = config.console;
  const { certificate, ...people } = openPeople(service, () => live.dropOver());
  const pageDir = path.join(import.meta.dirname, 'dist');
  const operationsKey = readOrCreateSecret(root.data, 'operations-key').value;
  const { models } = readPlantFiles(config.rules.dir);
  const plant = new Plant({ catalog: makeCatalog(models), seriesMax, alarmsMax });
  const bus = openServiceBus(service);
  const live = new Live({ plant, now, life: randomUUID().slice(0, 8), brokerProblem: () => feed.problem() });
  const feed = stack.use(openFeed({ bus, live, metrics, seriesMax }));
  addHealth(service, { feed, live, pageDir });
  const login = storeLogin(config, 'console');
  const storeParts = { ...storeConfig, ...login, url: storeUrl(storeConfig, config.historian) };
  const store = openInflux(storeParts);
  const { database } = storeConfig;
  const wait = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal });
  const rejected = openRejected(config, { now, wait });
  const { dir: rulesDir } = config.rules;
  const rules = openWorkbench({ ...{ rulesDir, store: storeParts, plant, log, wait }, maySave: rulesMaySave });
  const outside = { bus, store, database, log, now, wait, pageDir, trustedProxies };
  const limits = { loginsPerMinute, requestsPerMinute };
  const app = await buildApp({ ...outside, ...people, ...rejected, rules, plant, live, operationsKey, limits });
  stack.defer(() => app.close());
  if (certificate !== undefined) stack.use(watchTls(certificate, { server: app.server, log }));
  const timer = setInterval(() => live.tick(), refresh);
  stack.defer(() => clearInterval(timer));
  await named(environmentName('console', 'port'), () => app.listen({ host, port }));
});
