// The table of sequences as ingest opens it: filled from disk, written back, and watched for gaps.

import path from 'node:path';
import type { GapReport } from '#domain/gaps.ts';
import { topics } from '#domain/topic.ts';
import type { Bus } from '#runtime/bus.ts';
import type { Sections } from '#runtime/config.ts';
import type { Service } from '#runtime/process.ts';
import { openSegmentLog } from '#runtime/segment-log/segment-log.ts';
import { EXIT } from '#runtime/start-error.ts';
import { GapReporter } from './gap-reporter.ts';
import { JOURNAL_OWNERSHIP, SequenceJournal } from './sequence-journal.ts';
import { Sequences } from './sequences.ts';

export type OpenSequences = {
  readonly sequences: Sequences;
  /** Runs a function when everything that the table holds by then is on disk. */
  readonly afterWrite: (done: () => void) => void;
  readonly reporter: GapReporter;
};

/** @throws StartError where its folder holds something else, or was written by a newer release */
export async function openSequences<S extends Sections>(
  { config, log, metrics, stack, health }: Service<S>,
  { keepMs, bus }: { readonly keepMs: number; readonly bus: Bus },
): Promise<OpenSequences> {
  const { data } = (config as Service<Record<never, never>>['config']).root;
  const file = stack.use(
    await openSegmentLog(path.join(data, 'ingest', 'sequences'), {
      ...JOURNAL_OWNERSHIP,
      onDamage: (damage) =>
        log.error(damage, 'what has come of devices is damaged on disk: some of it may be taken twice'),
      onFatal: (error) => {
        log.fatal({ err: error }, 'the disk failed');
        process.exit(EXIT.software);
      },
    }),
  );
  const sequences = new Sequences();
  const journal = await SequenceJournal.open(file, sequences);
  const reporter = new GapReporter({
    sequences,
    keepMs,
    publish: (device, report) => bus.publish(gapsTopic(device), gapsPayload(report), { retain: true }),
  });
  health.add('sequences', () => journal.problem());
  metrics.gauge('ingest_sequence_devices', 'Devices whose records are known by number.', () => sequences.size);
  metrics.gauge('ingest_sequence_bytes', 'Memory taken by the numbers of records, about.', () => sequences.bytes);
  metrics.total(
    'ingest_sequence_devices_forgotten_total',
    'Devices forgotten for want of room.',
    () => sequences.forgotten,
  );
  metrics.total('ingest_missed_records_total', 'Records found missing.', () => reporter.missed);
  metrics.total(
    'ingest_late_records_total',
    'Records that came after they had been found missing.',
    () => sequences.foundLate,
  );
  metrics.gauge('ingest_gap_devices', 'Devices whose gaps are reported.', () => reporter.reports);
  return { sequences, afterWrite: (done) => journal.afterWrite(done), reporter };
}

function gapsTopic(key: string): string {
  const [site = '', area = '', device = ''] = key.split('/');
  return topics.gaps({ site, area, device });
}

function gapsPayload(report: GapReport | null): string {
  return report === null ? '' : JSON.stringify(report);
}
