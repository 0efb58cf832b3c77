// The notifier as the service opens it: with its files, what it has told in earlier lives, its counters, and an alarm of the
// pipeline for every address that people cannot be reached at.

import path from 'node:path';
import type { EngineInput } from '#rules/engine/inputs.ts';
import type { FileProblem } from '#runtime/json-file.ts';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import { NoticeRecords } from './notice-records.ts';
import { isLoss, type Settlement } from './notify/call.ts';
import { Notifier } from './notify/notifier.ts';
import { readNotifyFiles } from './notify/notify-files.ts';
import { type Send, sendOut } from './notify/outlets.ts';
import type { Told } from './notify/told-log.ts';
import type { StateStore } from './state-store.ts';

export type NotifierParts = {
  /** The rules folder; the files are in `notify/` below it. */
  readonly dir: string;
  readonly store: StateStore;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => number;
  /** Puts an input into the engine. */
  readonly put: (input: EngineInput) => void;
  readonly send?: Send;
};

export type OpenNotifier = Disposable & {
  readonly notifier: Notifier;
  /** Reads the files anew; gives what is wrong with them. With any error the old ones stay. */
  readonly load: () => readonly FileProblem[];
  /** Everything that time does. */
  readonly tick: () => void;
};

export function openNotifier({ dir, store, metrics, log, now, put, send = sendOut }: NotifierParts): OpenNotifier {
  const settled = metrics.counter('rules_notifications_total', 'What became of notices, by address.', ['outcome']);
  const tries = metrics.counter('rules_notification_tries_total', 'Letters sent out, or tried to be.', ['result']);
  const onSettled = (settlement: Settlement) => {
    settled.inc({ outcome: settlement.outcome });
    const { address, outcome, reason, notice } = settlement;
    const isLost = isLoss(outcome);
    if (isLost) log.error({ alarm: notice.alarmId, address, reason }, 'a notification did not get through');
    if (address === undefined || !(isLost || outcome === 'delivered')) return;
    const because = `${address}: ${reason}`;
    put({
      kind: 'pipeline',
      rule: 'notification-failed',
      instance: instanceOf(address),
      isRaised: isLost,
      because,
      at: now(),
    });
  };
  const records = new NoticeRecords(store);
  const notifier = new Notifier({
    config: undefined,
    send,
    told: store.told().map((record) => JSON.parse(record) as Told),
    toldStore: {
      keep: (key, record) => records.keep(key, JSON.stringify(record)),
      forget: (key) => records.forget(key),
    },
    onDone: (id) => records.strikeOff(id),
    onSettled,
    onTry: ({ problem }) => tries.inc({ result: problem === undefined ? 'sent' : 'failed' }),
  });
  metrics.gauge(
    'rules_notifications_waiting',
    'Notices and calls that wait or are being sent.',
    () => notifier.waiting,
  );
  return {
    notifier,
    load() {
      const { config, problems } = readNotifyFiles(path.join(dir, 'notify'));
      if (config !== undefined) notifier.reconfigure(config);
      return problems;
    },
    tick() {
      notifier.tick(now());
      records.flush();
    },
    [Symbol.dispose]() {
      notifier.close();
      records[Symbol.dispose]();
    },
  };
}

/** An address as the name of an alarm instance. */
function instanceOf(address: string): string {
  return address.replaceAll('/', '.').slice(0, 64);
}
