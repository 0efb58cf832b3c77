// What Grafana itself watches: the pipeline, and nothing of the plant, whose alarms are the rules'. Each of these is what the pipeline
// cannot tell when it is broken itself. They call nobody until Grafana has a contact point.

import { PIPELINE } from '#domain/service.ts';
import { and, EXPRESSIONS, isPipeline, readings, SHOWN, STORE } from './parts/influxql.ts';

type Watch = {
  readonly uid: string;
  readonly title: string;
  readonly summary: string;
  readonly query: string;
  /** Wrong where the last value is so. */
  readonly wrong: { readonly type: 'lt' | 'gt'; readonly than: number };
  readonly lookBackS: number;
};

const last = (metric: string) =>
  `SELECT last("value") FROM ${readings()} WHERE ${and(SHOWN, isPipeline, `"metric" = '${metric}'`)} GROUP BY "device"`;

export const WATCHES: readonly Watch[] = [
  {
    uid: 'penstock-no-data',
    title: 'Nothing is stored',
    summary:
      'No point of the plant came to the store for five minutes, or the store does not answer. Look at the services: `penstock doctor`.',
    query: `SELECT count("value") FROM ${readings()} WHERE ${and(SHOWN, `"site" != '${PIPELINE.site}'`)}`,
    wrong: { type: 'lt', than: 1 },
    lookBackS: 300,
  },
  {
    uid: 'penstock-writer-lag',
    title: 'The store is behind',
    summary:
      'The writer has messages that are older than a minute and not in the store. Nothing is lost: they are in its journal.',
    query: last('writer_oldest_unsent_seconds'),
    wrong: { type: 'gt', than: 60 },
    lookBackS: 300,
  },
  {
    uid: 'penstock-disk',
    title: 'A disk is nearly full',
    summary: 'A disk that services write to is more than 90 % full; when it is full, they acknowledge nothing more.',
    query: `SELECT max("value") FROM ${readings()} WHERE ${and(SHOWN, isPipeline, '"metric" =~ /_disk_used_ratio$/')}`,
    wrong: { type: 'gt', than: 0.9 },
    lookBackS: 300,
  },
];

/** As `deploy/grafana/provisioning/alerting/pipeline.json` has it. */
export function alerting(): object {
  return {
    apiVersion: 1,
    groups: [{ orgId: 1, name: 'pipeline', folder: 'Pipeline', interval: '1m', rules: WATCHES.map(ruleOf) }],
  };
}

/** The query, its last value, and the comparison; no answer at all is wrong too. */
function ruleOf({ uid, title, summary, query, wrong, lookBackS }: Watch): object {
  const range = { relativeTimeRange: { from: lookBackS, to: 0 } };
  const asked = { refId: 'A', datasource: STORE, query, rawQuery: true, resultFormat: 'time_series' };
  const reduced = { refId: 'B', datasource: EXPRESSIONS, type: 'reduce', reducer: 'last', expression: 'A' };
  const conditions = [{ evaluator: { type: wrong.type, params: [wrong.than] } }];
  const compared = { refId: 'C', datasource: EXPRESSIONS, type: 'threshold', expression: 'B', conditions };
  return {
    ...{ uid, title, condition: 'C', for: '2m', noDataState: 'Alerting', execErrState: 'Alerting' },
    ...{ labels: { part: 'pipeline' }, annotations: { summary } },
    data: [
      { refId: 'A', datasourceUid: STORE.uid, ...range, model: asked },
      { refId: 'B', datasourceUid: EXPRESSIONS.uid, ...range, model: reduced },
      { refId: 'C', datasourceUid: EXPRESSIONS.uid, ...range, model: compared },
    ],
  };
}
