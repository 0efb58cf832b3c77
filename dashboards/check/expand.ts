// A query as the store gets it: first the page puts variables in, as Grafana's InfluxDB data source does for InfluxQL
// (public/app/plugins/datasource/influxdb/datasource.ts, interpolateQueryExpr), then its server the macros (pkg/tsdb/influxdb/models).
// A variable of several values becomes a group of alternatives; one of a single value is escaped only between slashes.

import { literally } from '../parts/literally.ts';

export type DashboardVariable = {
  readonly name: string;
  readonly type: string;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
};

/** What is chosen: one value, or several. */
export type Chosen = ReadonlyMap<string, string | readonly string[]>;

/** `$name`, `${name}`, `${name:format}` or `[[name]]`, as templateSrv finds them. */
const REFERENCE = /\$(\w+)|\$\{(\w+)(?::[^}]+)?\}|\[\[(\w+)(?::[^\]]+)?\]\]/g;
/** The server's, those that name a series, and queries in an expression. */
const NOT_VARIABLES = /^(?:[A-Z]|timeFilter|interval|__\w+|tag_\w+|col|m|measurement|\d+)$/;

/** Names of variables in a text. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)]
    .map(([, plain, braced, bracketed]) => plain ?? braced ?? bracketed ?? '')
    .filter((name) => !NOT_VARIABLES.test(name));
}

/** @throws Error naming a variable that is not there, or has no value */
export function expandVariables(text: string, variables: readonly DashboardVariable[], chosen: Chosen): string {
  return text.replace(REFERENCE, (whole, plain, braced, bracketed) => {
    const name: string = plain ?? braced ?? bracketed;
    if (NOT_VARIABLES.test(name)) return whole;
    const variable = variables.find((each) => each.name === name);
    const value = chosen.get(name);
    if (variable === undefined || value === undefined) throw new Error(`there is no value for $${name} in: ${text}`);
    return interpolated(value, variable, text);
  });
}

function interpolated(value: string | readonly string[], variable: DashboardVariable, query: string): string {
  if (variable.multi === true || variable.includeAll === true) {
    return typeof value === 'string' ? escapeUnlessNumber(value) : `(${value.map(literally).join('|')})`;
  }
  const text = String(value);
  return new RegExp(`/\\^?.*\\$${variable.name}.*\\$?/`).test(query) ? literally(text) : text;
}

/** A value that begins like a number is left as it is. */
function escapeUnlessNumber(value: string): string {
  return Number.isNaN(Number.parseFloat(value)) ? literally(value) : value;
}

export type TimeRange = { readonly from: number; readonly to: number };

/** @param maxDataPoints about as many as the panel has pixels */
export function expandMacros(text: string, { from, to }: TimeRange, maxDataPoints = 1_000): string {
  const interval = intervalOf((to - from) / maxDataPoints);
  return text
    .replaceAll('$timeFilter', `time >= ${from}ms and time <= ${to}ms`)
    .replaceAll('$__interval_ms', String(interval.ms))
    .replaceAll('$__interval', interval.text)
    .replaceAll('$interval', interval.text);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Below each bound (ms) the interval that is taken: gtime.RoundInterval of Grafana's plugin SDK, from a second on. */
const INTERVALS: readonly (readonly [below: number, text: string, ms: number])[] = [
  [1.5 * SECOND, '1s', SECOND],
  [3.5 * SECOND, '2s', 2 * SECOND],
  [7.5 * SECOND, '5s', 5 * SECOND],
  [12.5 * SECOND, '10s', 10 * SECOND],
  [17.5 * SECOND, '15s', 15 * SECOND],
  [25 * SECOND, '20s', 20 * SECOND],
  [45 * SECOND, '30s', 30 * SECOND],
  [1.5 * MINUTE, '1m', MINUTE],
  [3.5 * MINUTE, '2m', 2 * MINUTE],
  [7.5 * MINUTE, '5m', 5 * MINUTE],
  [12.5 * MINUTE, '10m', 10 * MINUTE],
  [17.5 * MINUTE, '15m', 15 * MINUTE],
  [25 * MINUTE, '20m', 20 * MINUTE],
  [45 * MINUTE, '30m', 30 * MINUTE],
  [1.5 * HOUR, '1h', HOUR],
  [2.5 * HOUR, '2h', 2 * HOUR],
  [4.5 * HOUR, '3h', 3 * HOUR],
  [9 * HOUR, '6h', 6 * HOUR],
  [DAY, '12h', 12 * HOUR],
];

/** The data source is provisioned with a least interval of 1 s. */
function intervalOf(ms: number): { readonly text: string; readonly ms: number } {
  const [, text, width] = INTERVALS.find(([below]) => ms < below) ?? [0, '1d', DAY];
  return { text, ms: width };
}
