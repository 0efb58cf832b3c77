// The console: the operators' page with its HTTP API and live stream. A client of broker and store, owner of nothing.

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { environmentName } from '#runtime/config.ts';
import { named, runService } from '#runtime/process.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { historianAddress, rulesFolderSetting, storeSection } from '#runtime/sections.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { consoleSection } from './config.ts';
import { openModels } from './devices/fresh-models.ts';
import { openDevices } from './devices/open-devices.ts';
import { openFeed } from './feed.ts';
import { addHealth } from './health.ts';
import { buildApp } from './http/app.ts';
import { watchTls } from './http/tls.ts';
import { Live } from './live/live.ts';
import { openPeople } from './open-people.ts';
import { makeCatalog } from './plant/catalog.ts';
import { Plant } from './plant/plant.ts';
import { openRuleMarks } from './plant/rule-marks.ts';
import { openRejected } from './rejected/open-rejected.ts';
import { openWorkbench } from './rules/open-workbench.ts';
import { openStore } from './store/open-store.ts';

const sections = {
  console: consoleSection,
  store: storeSection,
  historian: historianAddress,
  rules: rulesFolderSetting,
};

await runService('console', sections, async (service) => {
  const { config, log, metrics, stack, now } = service;
  const { host, port, refresh } = config.console;
  const { seriesMax, alarmsMax, trustedProxies, rulesMaySave: maySave } = config.console;
  const { certificate, ...people } = openPeople(service, () => live.dropOver());
  const pageDir = path.join(import.meta.dirname, 'dist');
  const { data, numbersInterval: numbersEveryMs } = config.root;
  const operationsKey = readOrCreateSecret(data, 'operations-key').value;
  const models = openModels(config.rules.dir, now);
  const plant = new Plant({ catalog: makeCatalog(models()), seriesMax, alarmsMax });
  const bus = openServiceBus(service);
  const live = new Live({ plant, now, life: randomUUID().slice(0, 8), brokerProblem: () => feed.problem() });
  const wait = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal });
  const devices = openDevices({ bus, plant, now, wait });
  const feed = stack.use(openFeed({ bus, live, tails: devices.tails, metrics, seriesMax }));
  addHealth(service, { feed, live, tails: devices.tails, pageDir });
  const { store, database, address } = openStore(config);
  const rejected = openRejected(config, { now, wait });
  const ruleMarks = openRuleMarks(config.rules.dir, now);
  const rules = openWorkbench({ rulesDir: config.rules.dir, maySave, store: address, plant, log, wait });
  const outside = { bus, store, database, ruleMarks, log, now, wait, pageDir, trustedProxies };
  const parts = { plant, live, models, ...devices, rules, operationsKey, limits: config.console, numbersEveryMs };
  const app = await buildApp({ ...outside, ...people, ...rejected, ...parts });
  stack.defer(() => app.close());
  if (certificate !== undefined) stack.use(watchTls(certificate, { server: app.server, log }));
  const timer = setInterval(() => {
    for (const each of [live, ...Object.values(devices)]) each.tick();
  }, refresh);
  stack.defer(() => clearInterval(timer));
  await named(environmentName('console', 'port'), () => app.listen({ host, port }));
});
