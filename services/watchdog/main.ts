// The watchdog as a process: small, alone, and of use on the day when the others are not.

import path from 'node:path';
import type { Delivery } from '#runtime/bus.ts';
import { runService } from '#runtime/process.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { operationRightsSetting } from '#runtime/sections.ts';
import { openServiceBus } from '#runtime/service-bus.ts';
import { watchdogSection } from './config.ts';
import { inputsOf, OWN_OPERATIONS_TOPIC, PASSING_FILTERS } from './inbox.ts';
import { retryOf, senderOf } from './post-call.ts';
import { Reporter } from './reporter.ts';
import { readSavedState, writeSavedState } from './saved-state.ts';
import { type Moment, Watchdog } from './watchdog.ts';

/** How late a miss may be noticed, as a share of the interval. */
const TICKS_PER_INTERVAL = 60;

await runService('watchdog', { watchdog: watchdogSection, rules: operationRightsSetting }, async (service) => {
  const { config, log, metrics, now, stack, health } = service;
  const { interval: intervalMs } = config.watchdog;
  const moment = (): Moment => ({ at: now(), elapsedMs: performance.now() });
  const file = path.join(config.root.data, 'watchdog', 'state.json');
  const { saved, problem } = readSavedState(file);
  if (problem !== undefined) log.error(problem);
  // Milliseconds outrun beats: counting on from now, no number of an earlier life comes again.
  const { at: firstBeat, elapsedMs: startedMs } = moment();
  const watchdog = new Watchdog({ intervalMs, firstBeat, startedMs, alarm: saved.alarm });
  const bus = openServiceBus(service);
  const reporter = new Reporter({
    watchdog,
    saved,
    publish: ({ topic, payload, retain }) => bus.publish(topic, payload, { retain }),
    write: (state) => writeSavedState(file, state),
    send: senderOf(config.watchdog),
    retryOf,
    log,
    metrics,
  });
  const { unsignedRole } = config.rules;
  const rights = {
    operationsKey: readOrCreateSecret(config.root.data, 'operations-key').value,
    unsignedRole: unsignedRole === 'none' ? undefined : unsignedRole,
  };
  const onDelivery = (delivery: Delivery) => {
    for (const input of inputsOf(delivery, moment(), rights)) reporter.step(input);
    delivery.ack();
  };
  bus.onConnect(() => reporter.republish());
  // An acknowledgement waits for us while we are away; everything else is of the moment.
  const waiting = { clientId: 'penstock-watchdog-operations', filters: [OWN_OPERATIONS_TOPIC], cleanSession: false };
  const passing = { clientId: 'penstock-watchdog-in', filters: PASSING_FILTERS, cleanSession: true };
  const operations = stack.use(bus.consume({ ...waiting, onDelivery }));
  const listener = stack.use(bus.consume({ ...passing, onDelivery }));
  health.add('pipeline', () => watchdog.problem());
  health.add('listener', () => listener.problem() ?? operations.problem());
  health.add('state', () => reporter.problem());
  const timer = setInterval(() => {
    const now = moment();
    reporter.step({ kind: 'tick', now, brokerProblem: bus.problem(), listenerProblem: listener.problem() });
    void reporter.tick(now.elapsedMs);
  }, intervalMs / TICKS_PER_INTERVAL);
  stack.defer(() => clearInterval(timer));
});
