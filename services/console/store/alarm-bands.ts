// When alarms were active, from their journal: from an entry whose state says so to the next that says otherwise.

import type { AlarmName } from '#domain/topic.ts';
import type { AlarmBand } from '../api/history.ts';
import type { NamedAlarm } from '../plant/rule-marks.ts';
import type { Store } from './influx.ts';
import { alarmsQuery, alarmsStandingQuery, type Range } from './influxql.ts';
import { numberIn, type Row, rowsOf, textIn } from './table-rows.ts';

/** More is no picture any more, but one grey surface. */
const ENTRIES_MAX = 2_000;
/** An alarm that was active before the range has said so within this time. */
const LOOKBACK_MS = 30 * 86_400_000;

export type Wanted = Pick<AlarmName, 'site' | 'area'> & {
  /** All alarms of these devices. */
  readonly devices: ReadonlySet<string>;
  /** And these, whose group is named by something else. */
  readonly alarms: readonly NamedAlarm[];
};

export type Bands = { readonly bands: readonly AlarmBand[]; readonly isCut: boolean };

/** @throws StoreError */
export async function readAlarmBands(
  source: { readonly store: Store; readonly database: string },
  { site, area, devices, alarms }: Wanted,
  range: Range,
): Promise<Bands> {
  const instances = [...new Set([...devices, ...alarms.map(({ instance }) => instance)])];
  const before = { site, area, instances, from: Math.max(0, range.from - LOOKBACK_MS), to: range.from };
  const [newest, standing] = await Promise.all([
    source.store.query(alarmsQuery(source.database, { site, area, instances, ...range, limit: ENTRIES_MAX })),
    source.store.tables(alarmsStandingQuery(source.database, before)),
  ]);
  const entries = rowsOf(newest).reverse();
  const stood = standing.flatMap((table) => rowsOf(table).map((row) => ({ ...table.tags, ...row })));
  const isWanted = (row: Row) =>
    devices.has(textIn(row, 'instance')) ||
    alarms.some(({ rule, instance }) => rule === row.rule && instance === row.instance);
  const bands = bandsOf([...stood, ...entries].filter(isWanted), { site, area });
  return {
    bands: bands.filter(({ to }) => to === null || to > range.from),
    isCut: newest.rows.length === ENTRIES_MAX,
  };
}

/** Of entries in order of time. */
export function bandsOf(entries: readonly Row[], place: Pick<AlarmName, 'site' | 'area'>): AlarmBand[] {
  const open = new Map<string, AlarmBand>();
  const bands: AlarmBand[] = [];
  for (const row of entries) {
    const [rule, instance, state] = [textIn(row, 'rule'), textIn(row, 'instance'), textIn(row, 'state')];
    const key = `${rule}/${instance}`;
    const known = open.get(key);
    const at = Number(row.time);
    if (state === 'UNACK' || state === 'ACKED') {
      const told = {
        priority: textIn(row, 'priority'),
        summary: textIn(row, 'summary'),
        limit: numberIn(row, 'limit'),
      };
      const from = known?.from ?? numberIn(row, 'activeSince') ?? at;
      open.set(key, { ...place, rule, instance, from, to: null, ...told });
    } else if (known !== undefined) {
      bands.push({ ...known, to: at });
      open.delete(key);
    }
  }
  return [...bands, ...open.values()].sort((a, b) => a.from - b.from);
}
