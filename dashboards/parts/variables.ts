// What a dashboard is about, chosen above it, and kept by the links between dashboards.

import { PIPELINE } from '#domain/service.ts';
import { and, isArea, isDevice, isSite, readings, STORE } from './influxql.ts';
import { literally } from './literally.ts';
import { type Builder, grafana } from './sdk.ts';

export type Variable = {
  readonly name: string;
  readonly build: () => Builder<grafana.VariableModel>;
  /** The query that it takes its values from. */
  readonly query?: string;
};

/** Names that are none of the pipeline's own. */
const NOT_OURS = `/^(?!${PIPELINE.site}$).*/`;

type Choice = { readonly name: string; readonly label: string; readonly query: string; readonly regex?: string };

function one({ name, label, query, regex }: Choice): grafana.QueryVariableBuilder {
  const builder = new grafana.QueryVariableBuilder(name)
    .label(label)
    .datasource(STORE)
    .query(query)
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.NaturalAsc)
    .multi(false)
    .includeAll(false);
  return regex === undefined ? builder : builder.regex(regex);
}

/** All of them to begin with. */
function many(choice: Choice): grafana.QueryVariableBuilder {
  return one(choice)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

const tagValues = (key: string, where?: string) =>
  `SHOW TAG VALUES FROM ${readings()} WITH KEY = "${key}"${where === undefined ? '' : ` WHERE ${where}`}`;

const SITE: Choice = { name: 'site', label: 'Site', query: tagValues('site'), regex: NOT_OURS };
const AREA: Choice = { name: 'area', label: 'Area', query: tagValues('area', isSite) };
const DEVICE: Choice = { name: 'device', label: 'Device', query: tagValues('device', and(isSite, isArea)) };
const METRIC: Choice = { name: 'metric', label: 'Metric', query: tagValues('metric', and(isSite, isArea, isDevice)) };

const asOne = (choice: Choice): Variable => ({ name: choice.name, query: choice.query, build: () => one(choice) });
const asMany = (choice: Choice): Variable => ({ name: choice.name, query: choice.query, build: () => many(choice) });

/** Which of the store's tiers trends are drawn from. */
const TIERS = [
  { text: 'points', value: 'raw' },
  { text: 'minutes', value: 'r1m' },
  { text: 'hours', value: 'r1h' },
] as const;

const STEPS = ['1s', '10s', '1m', '15m', '1h'] as const;

export const variables = {
  sites: asMany(SITE),
  areas: asMany(AREA),
  area: asOne(AREA),
  devices: asMany(DEVICE),
  device: asOne(DEVICE),
  tier: {
    name: 'tier',
    build: () =>
      new grafana.CustomVariableBuilder('tier')
        .label('From')
        .description('points: as they came, 30 days; minutes: a year; hours: for ever')
        .values(TIERS.map(({ text, value }) => `${text} : ${value}`).join(', '))
        .current({ selected: true, text: TIERS[0].text, value: TIERS[0].value })
        .options(TIERS.map(({ text, value }, i) => ({ selected: i === 0, text, value }))),
  },
  step: {
    name: 'step',
    build: () =>
      new grafana.CustomVariableBuilder('step')
        .label('Step at least')
        .description('What devices send less often than a step shows as single dots: choose a longer one.')
        .values(STEPS.join(','))
        .current({ selected: true, text: STEPS[1], value: STEPS[1] })
        .options(STEPS.map((value, i) => ({ selected: i === 1, text: value, value }))),
  },
} as const satisfies Readonly<Record<string, Variable>>;

/** Metrics that can be drawn: all but those of which the models say that they are no numbers. */
export function drawnMetrics(notNumbers: readonly string[]): Variable {
  const names = notNumbers.map((name) => literally(name)).join('|');
  return asMany(names === '' ? METRIC : { ...METRIC, regex: `/^(?!(?:${names})$).*/` });
}

/** Where the console is, for links to it; kept out of sight. */
export function consoleAt(url: string): Variable {
  const builder = new grafana.ConstantVariableBuilder('console').value(url);
  return {
    name: 'console',
    build: () => ({ build: () => ({ ...builder.build(), hide: grafana.VariableHide.HideVariable }) }),
  };
}
