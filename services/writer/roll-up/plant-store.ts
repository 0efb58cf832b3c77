// For tests of roll-ups: a store in memory that keeps points as InfluxDB does (the same series and moment is one point, whose
// later fields replace the earlier ones) and answers the two kinds of statement that roll-ups ask.

import { decodeLine, type Line } from '#domain/line-protocol.ts';
import type { Policy, Rows, Store } from '../influx.ts';

type Value = number | boolean | string;
type Moment = Map<string, Value>;

const STATEMENT =
  /^SELECT (.+) FROM "plant"\."(raw|r1m)"\."reading" WHERE "site" = '(.+)' AND "area" = '(.+)' AND time >= (\d+)ms AND time < (\d+)ms GROUP BY time\((1m|1h)\), (.+) fill\(none\)$/;
const POINTS =
  /^SELECT "value", "flag", "text", "q" FROM "plant"\."raw"\."reading" WHERE "site" = '(.+?)' AND "area" = '(.+?)' AND time >= (\d+)ms AND time < (\d+)ms AND \((.+)\) GROUP BY "area", "device", "metric", "site"$/;
const CHOICE = /\("device" = '(.+?)' AND \((.+?)\)\)/g;
const CALL = /(\w+)\("(\w+)"\) AS "(\w+)"/g;

const CALLS: Readonly<Record<string, (values: readonly Value[]) => Value | undefined>> = {
  min: (values) => Math.min(...(values as number[])),
  max: (values) => Math.max(...(values as number[])),
  sum: (values) => (values as number[]).reduce((sum, value) => sum + value, 0),
  count: (values) => values.length,
  first: (values) => values[0],
  last: (values) => values.at(-1),
};

export class PlantStore implements Store {
  /** Throws where a request is to fail. */
  gate: () => void | Promise<void> = () => {};
  readonly #policies = new Map<Policy, Map<string, Map<number, Moment>>>();

  async write(lines: string, policy: Policy): Promise<void> {
    await this.gate();
    for (const text of lines.split('\n')) this.#put(text, policy);
  }

  async create(): Promise<string[]> {
    return [];
  }

  async query(influxql: string): Promise<readonly Rows[]> {
    await this.gate();
    const points = POINTS.exec(influxql);
    if (points !== null) return this.#points(points);
    const [, select = '', policy, site, area, from, to, width] = STATEMENT.exec(influxql) ?? [];
    if (policy === undefined) throw new Error(`not a statement of roll-ups: ${influxql}`);
    const widthMs = width === '1m' ? 60_000 : 3_600_000;
    const calls = [...select.matchAll(CALL)].map(([, call = '', field = '', name = '']) => ({ call, field, name }));
    return [...(this.#policies.get(policy as Policy) ?? [])].flatMap(([key, moments]) => {
      const tags = Object.fromEntries(key.split(',').map((tag) => tag.split('=')));
      if (tags.site !== site || tags.area !== area) return [];
      const times = [...moments.keys()]
        .filter((time) => time >= Number(from) && time < Number(to))
        .sort((a, b) => a - b);
      const buckets = [...new Set(times.map((time) => Math.floor(time / widthMs) * widthMs))];
      const values = buckets.map((start) => {
        const inside = times.filter((time) => time >= start && time < start + widthMs);
        return [
          start,
          ...calls.map(({ call, field }) => {
            const found = inside.flatMap((time) => moments.get(time)?.get(field) ?? []);
            return found.length === 0 ? null : CALLS[call]?.(found);
          }),
        ];
      });
      return [{ tags, columns: ['time', ...calls.map(({ name }) => name)], values }];
    });
  }

  #points([, site, area, from, to, choices = '']: RegExpExecArray): Rows[] {
    const chosen = [...choices.matchAll(CHOICE)].flatMap(([, device, metrics = '']) =>
      [...metrics.matchAll(/'(.+?)'/g)].map(
        ([, metric]) => `area=${area},device=${device},metric=${metric},site=${site}`,
      ),
    );
    return chosen.flatMap((key) => {
      const moments = [...(this.#policies.get('raw')?.get(key) ?? [])]
        .filter(([time]) => time >= Number(from) && time < Number(to))
        .sort(([a], [b]) => a - b);
      if (moments.length === 0) return [];
      const fields = ['value', 'flag', 'text', 'q'];
      const values = moments.map(([time, moment]) => [time, ...fields.map((field) => moment.get(field) ?? null)]);
      return [
        { tags: Object.fromEntries(key.split(',').map((tag) => tag.split('='))), columns: ['time', ...fields], values },
      ];
    });
  }

  /** Every point of a policy: `area=…,device=…,metric=…,site=… <time>` to its fields. */
  points(policy: Policy): Record<string, Record<string, Value>> {
    const series = [...(this.#policies.get(policy) ?? [])];
    return Object.fromEntries(
      series.flatMap(([key, moments]) =>
        [...moments].map(([time, fields]) => [`${key} ${time}`, Object.fromEntries(fields)] as const),
      ),
    );
  }

  #put(text: string, policy: Policy): void {
    const line = decodeLine(text);
    if (typeof line === 'string') throw new Error(`${line}: ${text}`);
    const key = keyOf(line);
    const series = this.#policies.get(policy) ?? new Map<string, Map<number, Moment>>();
    this.#policies.set(policy, series);
    const moments = series.get(key) ?? new Map<number, Moment>();
    series.set(key, moments);
    const moment = moments.get(Number(line.time)) ?? new Map<string, Value>();
    moments.set(Number(line.time), moment);
    for (const [name, { type, value }] of line.fields) moment.set(name, type === 'integer' ? Number(value) : value);
  }
}

function keyOf({ tags }: Line): string {
  return tags
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}
