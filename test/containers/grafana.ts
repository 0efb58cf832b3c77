// Grafana over its HTTP API, as its own page asks it.

import type { Series } from '../../dashboards/check/asked-queries.ts';
import type { TimeRange } from '../../dashboards/check/expand.ts';
import type { DashboardJson } from '../../dashboards/check/lint.ts';
import { STORE } from '../../dashboards/parts/influxql.ts';

export type Grafana = {
  /** Whether it answers at all. */
  isUp(): Promise<boolean>;
  /** Uids of the dashboards that it has. */
  uids(): Promise<string[]>;
  dashboard(uid: string): Promise<DashboardJson>;
  /** Through the data source; throws with Grafana's words where a query fails. */
  ask(query: string, range: TimeRange): Promise<Series[]>;
};

export type Frame = {
  readonly schema: { readonly name?: string; readonly fields: readonly { readonly name: string }[] };
  /** By column. */
  readonly data: { readonly values: readonly (readonly unknown[])[] };
};

type Answer = {
  readonly results: Readonly<Record<string, { readonly error?: string; readonly frames?: readonly Frame[] }>>;
};

const POINTS_MAX = 1_000;

export function openGrafana({ url, password }: { readonly url: string; readonly password: string }): Grafana {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
  const call = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 1_000)}`);
    return JSON.parse(text) as T;
  };
  return {
    isUp: async () => (await fetch(`${url}/api/health`)).ok,
    uids: async () => (await call<{ uid: string }[]>('/api/search?type=dash-db')).map(({ uid }) => uid),
    dashboard: async (uid) => (await call<{ dashboard: DashboardJson }>(`/api/dashboards/uid/${uid}`)).dashboard,
    async ask(query, { from, to }) {
      const one = { refId: 'A', datasource: STORE, query, rawQuery: true, resultFormat: 'table' };
      const queries = [{ ...one, maxDataPoints: POINTS_MAX, intervalMs: Math.ceil((to - from) / POINTS_MAX) }];
      const { results } = await call<Answer>('/api/ds/query', { from: String(from), to: String(to), queries });
      const { error, frames = [] } = results.A ?? {};
      if (error !== undefined) throw new Error(`${error} in: ${query}`);
      return frames.map(seriesOf);
    },
  };
}

/** A frame has columns, the store's own answer rows; one that lists names has them in its only column, where the store has the key first. */
export function seriesOf({ schema, data }: Frame): Series {
  const columns = schema.fields.map(({ name }) => name);
  const rows = (data.values[0] ?? []).map((_, i) => data.values.map((column) => column[i]));
  const isList = columns.length === 1;
  return {
    name: schema.name ?? '',
    columns: isList ? ['key', ...columns] : columns,
    values: isList ? rows.map((row) => ['', ...row]) : rows,
  };
}

/**
 * Rows that hold more than their moment and what they are grouped by, which Grafana gives as columns.
 * @param query that was asked
 */
export function rowsIn(answer: readonly Series[], query: string): number {
  const groupedBy = /.*GROUP BY (.*)$/s.exec(query)?.[1] ?? '';
  const isNoValue = (column: string) => /^time$/i.test(column) || groupedBy.includes(`"${column}"`);
  return answer.reduce(
    (count, { columns, values }) =>
      count + values.filter((row) => row.some((cell, i) => cell !== null && !isNoValue(columns[i] ?? ''))).length,
    0,
  );
}
