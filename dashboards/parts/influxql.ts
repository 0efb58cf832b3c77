// InfluxQL as Grafana sends it to the store: every name quoted and the whole path said, so that InfluxDB 1.x, 2.x, 3.x and the
// historian understand it alike. The names of measurements come from #domain, which writes them.

import { DEVICE_STATE } from '#domain/device-journal.ts';
import { ALARM_EVENT } from '#domain/journal.ts';
import { READING } from '#domain/series.ts';
import { PIPELINE } from '#domain/service.ts';
import type { Builder, Dataquery } from './sdk.ts';

export const DATABASE = 'plant';
/** Of the data source that deploy/grafana provisions. */
export const STORE = { type: 'influxdb', uid: 'store' } as const;
/** Grafana's own, which calculates with the answers of other queries. */
export const EXPRESSIONS = { type: '__expr__', uid: '__expr__' } as const;

/** The range that the dashboard shows. */
export const SHOWN = '$timeFilter';
/** What is so now, however long ago it began: all that the store keeps of it. */
export const EVER = 'time > now() - 30d';

export type Tier = 'raw' | '$tier';

export function from(measurement: string, tier: Tier = 'raw'): string {
  return `"${DATABASE}"."${tier}"."${measurement}"`;
}

export const readings = (tier: Tier = 'raw') => from(READING, tier);
export const alarmEvents = from(ALARM_EVENT);
export const deviceStates = from(DEVICE_STATE);

/** The tag is one of those that the variable of its name, or another, holds. */
export function isChosen(tag: string, variable = tag): string {
  return `"${tag}" =~ /^$${variable}$/`;
}

export const isSite = isChosen('site');
export const isArea = isChosen('area');
export const isDevice = isChosen('device');
/** Real alarms: neither decided on data that came too late, nor tried out. */
export const isReal = `"historical" = false AND "shadow" = false`;
/** Of a service: what it tells of itself. */
export const isPipeline = `"site" = '${PIPELINE.site}' AND "area" = '${PIPELINE.area}'`;

export function and(...terms: readonly string[]): string {
  return terms.join(' AND ');
}

/** Of raw points, or of a roll-up: the tier has one or the other. */
export const LOWEST = '/^(value|min)$/';
export const HIGHEST = '/^(value|max)$/';

export type Query = {
  readonly text: string;
  /** How a series is called: `$tag_device`, `$col`, or words; of a table nothing. */
  readonly alias?: string;
  readonly format?: 'time_series' | 'table';
  /** It only serves an expression. */
  readonly isHidden?: boolean;
};

/** Of queries of the same panel, by their letters: `$A - $B`. */
export type Expression = { readonly expression: string; readonly alias: string };

/** What Grafana's InfluxDB data source keeps of a query in InfluxQL. */
export class InfluxQuery implements Builder<Dataquery> {
  readonly #refId: string;
  readonly #query: Query;

  constructor(refId: string, query: Query) {
    this.#refId = refId;
    this.#query = query;
  }

  build(): Dataquery {
    const { text, alias, format = 'time_series', isHidden = false } = this.#query;
    return asDataquery({
      refId: this.#refId,
      datasource: STORE,
      query: text,
      rawQuery: true,
      resultFormat: format,
      ...(alias === undefined ? {} : { alias }),
      ...(isHidden ? { hide: true } : {}),
    });
  }
}

export class MathExpression implements Builder<Dataquery> {
  readonly #refId: string;
  readonly #expression: Expression;

  constructor(refId: string, expression: Expression) {
    this.#refId = refId;
    this.#expression = expression;
  }

  build(): Dataquery {
    const { expression } = this.#expression;
    return asDataquery({ refId: this.#refId, datasource: EXPRESSIONS, type: 'math', expression });
  }
}

/** The last value of a query as one number, for a MathExpression. */
export class LastOf implements Builder<Dataquery> {
  readonly #refId: string;
  readonly #of: string;

  constructor(refId: string, of: string) {
    this.#refId = refId;
    this.#of = of;
  }

  build(): Dataquery {
    return asDataquery({
      refId: this.#refId,
      datasource: EXPRESSIONS,
      type: 'reduce',
      reducer: 'last',
      expression: this.#of,
      hide: true,
    });
  }
}

/** The SDK tells queries from other objects by a mark that is not written out. */
function asDataquery(query: object): Dataquery {
  return Object.defineProperty({ ...query }, '_implementsDataqueryVariant', {
    value: () => {},
    enumerable: false,
  }) as unknown as Dataquery;
}
