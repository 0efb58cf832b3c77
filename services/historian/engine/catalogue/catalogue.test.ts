import { expect, test } from 'vitest';
import { Catalogue } from './catalogue.ts';
import { Declare } from './declare.ts';
import type { Entry } from './entry.ts';

const NOTHING_GIVEN = { id: 0, track: 0 };
const RAW = { name: 'raw', durationUs: 0, isDefault: true };

/** Everything is made, dropped, and made again under the same name. */
function madeTwice(): Entry[] {
  const catalogue = new Catalogue();
  const declare = new Declare(catalogue, NOTHING_GIVEN);
  const make = () => {
    const database = catalogue.databases.get('plant') ?? declare.database('plant');
    const policy = database.policies.get('raw') ?? declare.policy(database, RAW);
    const measurement = policy.measurements.get('m') ?? declare.measurement(policy, 'm');
    const series = measurement.series.get('m,a=1') ?? declare.series(measurement, 'm,a=1', [['a', '1']]);
    if (!series.tracks.has('v')) declare.track(series, { name: 'v', type: 'float' });
    return { database, policy: policy.entry, measurement, series };
  };
  for (const of of ['database', 'policy', 'measurement', 'series'] as const) declare.drop(of, make()[of].id);
  make();
  return declare.takeFresh();
}

function after(entries: readonly Entry[], catalogue = new Catalogue()): Catalogue {
  for (const entry of entries) catalogue.apply(entry);
  return catalogue;
}

/** As somebody finds it by names. */
function named({ databases }: Catalogue): unknown {
  return [...databases.values()].map(({ name, policies }) => [
    name,
    [...policies.values()].map(({ entry, measurements }) => [
      entry,
      [...measurements.values()].map(({ id, fields, series }) => [
        id,
        [...fields.values()],
        [...series.values()].map((one) => [one.id, one.key, [...one.tracks.values()].map((track) => track.id)]),
      ]),
    ]),
  ]);
}

test('a log that tells again what is in the file already makes the same, wherever the file was written', () => {
  const log = madeTwice();
  expect(log.filter(({ kind }) => kind === 'drop')).toHaveLength(4);
  const whole = after(log);
  for (let written = 0; written <= log.length; written++) {
    for (let from = 0; from <= written; from++) {
      const stored = after([...after(log.slice(0, written)).entries()]);
      const again = after(log.slice(from), stored);
      const where = `written after ${written}, told from ${from}`;
      expect(named(again), where).toEqual(named(whole));
      expect([...again.entries()], where).toEqual([...whole.entries()]);
    }
  }
});
