// The writer's parts as a process has them: journal and dead letter in the data folder, the store, roll-ups, numbers, health.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { storeLogin } from '#runtime/access/service-login.ts';
import type { Bus } from '#runtime/bus.ts';
import { watchDiskSpace } from '#runtime/disk-space.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import type { Service } from '#runtime/process.ts';
import { openServiceRejectedLog } from '#runtime/rejected-log/open-service-rejected-log.ts';
import { type historianAddress, type rulesFolderSetting, type storeSection, storeUrl } from '#runtime/sections.ts';
import { EXIT } from '#runtime/start-error.ts';
import { keepRawMs, type writerSection } from './config.ts';
import { keepRefused } from './dead-letter.ts';
import { openInflux } from './influx.ts';
import { openJournal } from './journal.ts';
import { addGauges, counted, openMeters } from './meters.ts';
import { PointReader } from './point-reader.ts';
import type { SavedHour } from './roll-up/hour.ts';
import { RollUps } from './roll-up/roll-ups.ts';
import { Plans } from './thinning/plans.ts';
import { Thinner } from './thinning/thinner.ts';
import { Writer } from './writer.ts';

type WriterSections = {
  readonly writer: typeof writerSection;
  readonly store: typeof storeSection;
  readonly historian: typeof historianAddress;
  readonly rules: typeof rulesFolderSetting;
};

export type WriterParts = {
  readonly writer: Writer<readonly SavedHour[]>;
  readonly rollUps: RollUps;
  readonly plans: Plans;
};

/** Everything that is opened goes on the service's stack; who gives it messages is to be closed before it. */
export async function openWriter(
  service: Service<WriterSections>,
  bus: Bus,
  /** Monotonic seconds. */
  clock: () => number,
): Promise<WriterParts> {
  const { config, log, metrics, now, stack, health } = service;
  const { requestBytesMax, retryMax, keepRaw, rollUps: wantsRollUps } = config.writer;
  const { database } = config.store;
  const url = storeUrl(config.store, config.historian);
  const meters = openMeters(metrics);
  const points = new PointReader();
  const influx = openInflux({
    ...config.store,
    ...storeLogin(config, 'writer'),
    url,
    keepRaw,
    timeoutMs: config.writer.requestTimeout,
  });
  const store = counted(influx, meters.requests);
  // Of a line all is kept: half of one could not be sent again.
  const whole = { payloadBytesMax: Number.MAX_SAFE_INTEGER };
  const rejected = await openServiceRejectedLog(service, { ...config.writer, ...whole, bus });
  const { journal, checkpoint } = await openServiceJournal(service);
  watchDiskSpace(service, path.join(config.root.data, 'writer'));
  const shared = { store, requestBytesMax, retryMsMax: retryMax, now };
  const thinner = new Thinner({ saved: checkpoint?.thinning, onDropped: (points) => meters.thinned.inc(points) });
  const rollUps = stack.use(
    new RollUps({
      ...shared,
      thinned: thinner,
      database,
      saved: checkpoint?.state ?? [],
      settleMs: config.writer.rollUpSettle,
      keepRawMs: keepRawMs(keepRaw),
      onWritten: (policy, lines) => meters.rollUps.inc({ policy }, lines),
      onRefused: (lines) => meters.rollUpsRefused.inc(lines),
      onFailed: (reason) => {
        meters.rollUpFailures.inc();
        log.debug({ reason }, 'a roll-up could not be made yet');
      },
    }),
  );
  const writer = stack.use(
    new Writer({
      ...shared,
      ...{ journal, checkpoint, thinner, clock },
      ...{ lanes: config.writer.lanes, memoryBytesMax: config.writer.memoryBytesMax },
      journalBytesMax: config.writer.journalBytesMax,
      state: () => rollUps.saved(),
      refuse: async (lines) => {
        await keepRefused(rejected, lines, now());
        meters.refused.inc(lines.length);
      },
      onSafe: (texts, seconds) => {
        meters.seconds.observe(seconds);
        for (const text of texts) {
          meters.lines.inc(countLines(text));
          points.read(text, (series, at) => wantsRollUps && rollUps.mark(series, at));
        }
      },
      onNotCreated: (words) => log.info({ words }, 'the store did not let us make its database or a retention policy'),
    }),
  );
  const { dir } = config.rules;
  if (!existsSync(dir)) log.warn({ dir }, 'there is no folder of rules here, and so no model: every point is stored');
  const plans = new Plans({
    models: readPlantFiles(dir).models,
    known: thinner.plans,
    seriesMax: config.writer.thinnedSeriesMax,
    tell: (plan) => writer.plan(plan),
  });
  addGauges(metrics, { journal, writer, rollUps, points, plans, now });
  health.add('store', () => writer.storeProblem());
  health.add('journal', () => writer.journalProblem());
  health.add('roll-ups', () => rollUps.problem());
  log.info({ url, database }, 'writing to the store');
  return { writer, rollUps, plans };
}

async function openServiceJournal({ config, log, stack }: Service<WriterSections>) {
  const opened = await openJournal<readonly SavedHour[]>(path.join(config.root.data, 'writer', 'journal'), {
    onDamage: (damage) => log.error(damage, 'the journal is damaged on disk'),
    onFatal: (error) => {
      log.fatal({ err: error }, 'the disk failed');
      process.exit(EXIT.software);
    },
  });
  stack.use(opened.journal);
  return opened;
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < text.length - 1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
