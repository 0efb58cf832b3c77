// The watchdog as a process: small, alone, and of use on the day when the others are not.

import path from 'node:path';
import { BEAT_SHARD, HEARTBEAT_TOPIC } from '#domain/heartbeat.ts';
import { filters, topics } from '#domain/topic.ts';
import type { Delivery } from '#runtime/bus.ts';
import { runService } from '#runtime/process.ts';
import { watchdogSection } from './config.ts';
import { inputsOf, OWN_ALARM_TOPIC, OWN_OPERATIONS_TOPIC } from './inbox.ts';
import { retryOf, senderOf } from './post-call.ts';
import { Reporter } from './reporter.ts';
import { readSavedState, writeSavedState } from './saved-state.ts';
import { type Moment, Watchdog } from './watchdog.ts';

/** How late a miss may be noticed, as a share of the interval. */
const TICKS_PER_INTERVAL = 60;

await runService('watchdog', { watchdog: watchdogSection }, async (service) => {
  const { config, log, metrics, now, stack, health } = service;
  const { interval: intervalMs } = config.watchdog;
  const moment = (): Moment => ({ at: now(), elapsedMs: performance.now() });
  const file = path.join(config.root.data, 'watchdog', 'state.json');
  const { saved, problem } = readSavedState(file);
  if (problem !== undefined) log.error(problem);
  // Milliseconds outrun beats: counting on from now, no number of an earlier life comes again.
  const watchdog = new Watchdog({
    intervalMs,
    firstBeat: now(),
    startedMs: performance.now(),
    alarm: saved.alarm,
  });
  const bus = service.openBus();
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
  const onDelivery = (delivery: Delivery) => {
    for (const input of inputsOf(delivery, moment())) reporter.step(input);
    delivery.ack();
  };
  bus.onConnect(() => reporter.republish());
  // An acknowledgement waits for us while we are away; everything else is of the moment.
  const operations = { clientId: 'penstock-watchdog-operations', filters: [OWN_OPERATIONS_TOPIC], cleanSession: false };
  stack.use(bus.consume({ ...operations, onDelivery }));
  const listener = stack.use(
    bus.consume({
      clientId: 'penstock-watchdog-in',
      filters: [HEARTBEAT_TOPIC, topics.points(BEAT_SHARD), filters.services, OWN_ALARM_TOPIC],
      cleanSession: true,
      onDelivery,
    }),
  );
  health.add('pipeline', () => watchdog.problem());
  health.add('listener', () => listener.problem());
  health.add('state', () => reporter.problem());
  const timer = setInterval(() => {
    const now = moment();
    reporter.step({ kind: 'tick', now, brokerProblem: bus.problem(), listenerProblem: listener.problem() });
    void reporter.tick(now.elapsedMs);
  }, intervalMs / TICKS_PER_INTERVAL);
  stack.defer(() => clearInterval(timer));
});
