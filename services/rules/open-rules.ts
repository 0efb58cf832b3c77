// The parts of the rules service, put together: engine, store, notifier, rules folder.

import path from 'node:path';
import { Engine } from '#rules/engine/engine.ts';
import { HoldingEngine } from '#rules/engine/hold.ts';
import type { Bus } from '#runtime/bus.ts';
import type { Config } from '#runtime/config.ts';
import { watchDiskSpace } from '#runtime/disk-space.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { requireRulesFolder } from '#runtime/plant-files.ts';
import type { Service } from '#runtime/process.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import type { rulesSection } from './config.ts';
import { heartbeatMessage } from './heartbeat.ts';
import { countRules } from './metrics.ts';
import { openNotifier } from './open-notifier.ts';
import { openStateStore } from './open-state-store.ts';
import { OwnAreas } from './own-areas.ts';
import { pipelineProblems } from './pipeline-problems.ts';
import { RuleFolder } from './rule-folder.ts';
import { Rules } from './rules.ts';
import { ServerClock } from './server-clock.ts';
import { ServiceStatuses } from './service-statuses.ts';
import { refuseSpanning, requireNoSpanning } from './spanning-rules.ts';

type Sections = { readonly rules: typeof rulesSection };

export type OpenRules = {
  readonly bus: Bus;
  readonly rules: Rules;
  readonly folder: RuleFolder;
  readonly statuses: ServiceStatuses;
  readonly areas: OwnAreas;
  /** Everything that time does. */
  readonly tick: () => void;
};

export type RunParts = {
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  /** What this thread has cost so far, ms. */
  readonly cpuMs: () => number;
  /** Runs a function after what is at hand. */
  readonly later: (run: () => void) => void;
  readonly openBus: () => Bus;
};

export function openRules(service: Service<Sections>, { nowMs, cpuMs, later, openBus }: RunParts): OpenRules {
  const { log, metrics, now, stack, health } = service;
  const { root, rules: settings } = service.config as Config<Sections> & typeof service.config;
  const { dir, unsignedRole, budgetMs, unknownSeriesMax, hold: holdMs } = settings;
  requireRulesFolder(dir);
  const areas = new OwnAreas(settings);
  if (!areas.isAlone) requireNoSpanning(dir);
  const own = path.join(root.data, 'rules');
  const store = stack.use(openStateStore(path.join(own, 'state.db')));
  watchDiskSpace(service, own);
  // Opened after the store and so closed before it: what the broker takes last is still struck off.
  const bus = openBus();
  const { own: saved, others } = areas.divide(store.rows());
  store.forget(others);
  const live = new Engine({
    saved,
    startedAt: now(),
    onAmbiguous: (message) => log.warn(message),
    unknownSeriesMax,
    meter: { nowMs, cpuMs, budgetMs },
  });
  const engine = new HoldingEngine(live, { holdMs, saved });
  const publish: Bus['publish'] = (topic, payload, options) => bus.publish(topic, payload, options);
  const { notifier, ...notify } = stack.use(
    openNotifier({ ...{ dir, store, metrics, log, now }, put: (input) => rules.put(input) }),
  );
  const clock = new ServerClock({ now, nowMs });
  const rules: Rules = stack.use(
    new Rules({
      ...{ engine, store, publish, now, later, areas },
      clockNews: () => clock.news(),
      answer: (input, at) => (input.kind === 'point' ? heartbeatMessage(input.point, at) : undefined),
      operationsKey: readOrCreateSecret(root.data, 'operations-key').value,
      unsignedRole: unsignedRole === 'none' ? undefined : unsignedRole,
      onNotice: ({ notice, id }) => notifier.take(notice, id),
      ...countRules(metrics, { engine, log }),
    }),
  );
  const statuses = new ServiceStatuses({
    ...{ now, nowMs },
    put: (input) => rules.put(input),
    onUnreadable: (topic, reason) => log.debug({ topic, reason }, 'status not understood'),
  });
  metrics.gauge(
    'rules_service_statuses_refused',
    'Statuses that could not be read or found no room.',
    () => statuses.refused,
  );
  rules.open();
  rules.put({ kind: 'resume', at: now() });
  if (!areas.hasPipeline) service.problems.add(() => pipelineProblems(engine.rules));
  const folder = new RuleFolder({
    ...{ dir, engine, now },
    ...(areas.isAlone ? {} : { refuses: refuseSpanning }),
    loadNotify: notify.load,
    putAndKeep: (input) => rules.putAndKeep(input),
    tell: ({ topic, payload, retain }) => {
      if (areas.hasPipeline) publish(topic, payload, { retain }).catch(() => {}); // only a closing bus refuses
    },
    onLoad: ({ rules: count, problems, news, warnings }) => {
      for (const problem of news) log.error(formatProblem(problem));
      for (const warning of warnings) log.warn(formatProblem(warning));
      log.info({ rules: count, problems: problems.length }, 'rules loaded');
    },
  });
  folder.load();
  // A broken file or a receiver that is away keeps nobody from being served: they have alarms of their own.
  health.add('disk', () => rules.problem());
  const tick = () => {
    rules.tick();
    folder.tick();
    statuses.tick();
    notify.tick();
  };
  return { bus, rules, folder, statuses, areas, tick };
}
