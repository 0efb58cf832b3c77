// What can be wrong with a dashboard that no type says, and that nobody sees before Grafana shows nothing: a sentence for each. Works
// on the JSON, as Grafana does.

import { DEVICE_STATE } from '#domain/device-journal.ts';
import { ALARM_EVENT } from '#domain/journal.ts';
import { READING } from '#domain/series.ts';
import type { Select, Source } from '../../services/historian/influxql/ast.ts';
import { parseQuery } from '../../services/historian/influxql/parser.ts';
import { DATABASE, EXPRESSIONS, SHOWN, STORE } from '../parts/influxql.ts';
import { PALETTE } from '../parts/palette.ts';
import { type DashboardVariable, expandMacros, expandVariables, variablesIn } from './expand.ts';

export type Target = {
  readonly refId: string;
  readonly datasource?: { readonly uid?: string };
  readonly query?: string;
  readonly resultFormat?: string;
  readonly type?: string;
  readonly hide?: boolean;
  readonly alias?: string;
};
type Properties = readonly { readonly id: string; readonly value: unknown }[];
export type PanelJson = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid?: string };
  readonly repeat?: string;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly mappings?: readonly { readonly type: string; readonly options: unknown }[];
      readonly custom?: { readonly spanNulls?: unknown; readonly insertNulls?: unknown };
    };
    readonly overrides: readonly { readonly properties: Properties }[];
  };
};
export type VariableJson = DashboardVariable & {
  readonly regex?: string;
  readonly query?: string;
  readonly datasource?: { readonly uid?: string };
};
export type DashboardJson = {
  readonly uid: string;
  readonly title: string;
  readonly description?: string;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list?: readonly { readonly name: string; readonly target?: Target }[] };
  readonly links: readonly { readonly url: string }[];
};

const MEASUREMENTS: ReadonlySet<string> = new Set([READING, ALARM_EVENT, DEVICE_STATE]);
const POLICIES: ReadonlySet<string> = new Set(['raw', 'r1m', 'r1h']);
/** Windows that measures of alarm performance are defined by; everything else takes its steps from the picture. */
const KPI_WINDOWS = /time\((?:1m|10m|1h|1d)\)/g;
const SINCE = /time > now\(\) - \d/;
const RANGE = { from: 0, to: 3_600_000 };

/** Across all of them: names that must be there once, and links that must lead somewhere. */
export function lintAll(dashboards: readonly DashboardJson[]): string[] {
  const uids = dashboards.map(({ uid }) => uid);
  return [
    ...twice(uids).map((uid) => `two dashboards have the uid ${uid}`),
    ...twice(dashboards.map(({ title }) => title)).map((title) => `two dashboards are called ${title}`),
    ...dashboards.flatMap((dashboard) => lintDashboard(dashboard, new Set(uids))),
  ];
}

function lintDashboard(dashboard: DashboardJson, uids: ReadonlySet<string>): string[] {
  const { panels, templating, annotations, links } = dashboard;
  const at = (where: string) => (problem: string) => `${dashboard.uid}, ${where}: ${problem}`;
  const variables = templating.list;
  const used = new Set(variablesIn(JSON.stringify([panels, annotations, variables.map(({ query }) => query)])));
  const whole = at('the dashboard');
  return [
    ...(dashboard.description ? [] : [whole('has no description')]),
    ...twice(panels.map(({ id }) => String(id))).map((id) => whole(`two panels have the id ${id}`)),
    ...overlaps(panels).map(whole),
    ...[...used]
      .filter((name) => !variables.some((each) => each.name === name))
      .map((name) => whole(`$${name} is no variable`)),
    ...variables.filter(({ name }) => !used.has(name)).map(({ name }) => whole(`nothing asks for $${name}`)),
    ...[...JSON.stringify([panels, links]).matchAll(/"url":"\/d\/([\w-]+)/g)]
      .filter(([, uid = '']) => !uids.has(uid))
      .map(([, uid]) => whole(`a link leads to ${uid}, which is none of these`)),
    ...panels.flatMap((panel) => lintPanel(panel, variables).map(at(`panel ${panel.id} '${panel.title}'`))),
    ...(annotations.list ?? []).flatMap(({ name, target }) =>
      target === undefined ? [] : lintTarget(target, variables).map(at(`annotation ${name}`)),
    ),
    ...variables.flatMap((variable) => lintVariable(variable, variables).map(at(`variable ${variable.name}`))),
  ];
}

function lintPanel(panel: PanelJson, variables: readonly DashboardVariable[]): string[] {
  if (panel.type === 'row') return [];
  const { title, description, datasource, targets = [], fieldConfig } = panel;
  const { unit, noValue, custom } = fieldConfig?.defaults ?? {};
  return [
    ...(title === '' ? ['has no title'] : []),
    ...(description === undefined || description === '' ? ['has no description'] : []),
    ...(unit === undefined ? ['has no unit'] : []),
    ...(noValue === undefined ? ['does not say what is shown where there is nothing'] : []),
    ...(datasource?.uid === STORE.uid ? [] : [`asks ${datasource?.uid}, not ${STORE.uid}`]),
    ...(targets.length === 0 ? ['asks nothing'] : []),
    ...twice(targets.map(({ refId }) => refId)).map((refId) => `two queries are called ${refId}`),
    ...(panel.type === 'timeseries' && custom?.spanNulls !== false ? ['draws over gaps (spanNulls)'] : []),
    ...(panel.type === 'timeseries' && leavesStepsOut(targets) && typeof custom?.insertNulls !== 'number'
      ? ['draws over steps that fill(none) leaves out (insertNulls)']
      : []),
    ...targets
      .filter(({ type, hide }) => type === 'reduce' && hide !== true)
      .map(({ refId }) => `${refId} only serves an expression, and would be shown`),
    ...(panel.type === 'stat' && JSON.stringify(fieldConfig).includes('"transparent"')
      ? ['is a stat whose good values are transparent']
      : []),
    ...coloursIn(fieldConfig).map((colour) => `has the colour ${colour}, which is not in the palette`),
    ...targets.flatMap((target) => lintTarget(target, variables)),
  ];
}

function leavesStepsOut(targets: readonly Target[]): boolean {
  return targets.some(({ query = '' }) => query.includes('fill(none)'));
}

function lintTarget(target: Target, variables: readonly DashboardVariable[]): string[] {
  const { refId, datasource, query, resultFormat } = target;
  if (datasource?.uid === EXPRESSIONS.uid) return [];
  if (query === undefined || query === '') return [`query ${refId} is empty`];
  const wrong = (problem: string) => `query ${refId} ${problem}`;
  const parsed = parseQuery(expandedForParsing(query, variables));
  if (!parsed.ok) return [wrong(`is no InfluxQL: ${parsed.error}`)];
  const [statement] = parsed.statements;
  if (parsed.statements.length !== 1 || statement?.kind !== 'select') return [wrong('is not one SELECT')];
  return [
    ...(datasource?.uid === STORE.uid ? [] : [wrong(`asks ${datasource?.uid}, not ${STORE.uid}`)]),
    ...(query.includes(SHOWN) || SINCE.test(query) ? [] : [wrong(`has neither ${SHOWN} nor a time of its own`)]),
    ...(query.replace(KPI_WINDOWS, 'time($__interval)').match(/time\((?!\$__interval\))[^)]*\)/g) ?? []).map((each) =>
      wrong(`groups by ${each}, not by time($__interval)`),
    ),
    ...sourcesOf(statement).flatMap(lintSource).map(wrong),
    ...(resultFormat === 'table' && statement.dimensions.filter(({ kind }) => kind === 'tag').length > 1
      ? [wrong('is a table of more than one tag, whose columns Grafana puts in any order')]
      : []),
    ...(resultFormat !== 'table' && target.alias === undefined
      ? [wrong('does not say how its series are called')]
      : []),
  ];
}

function lintVariable({ type, query = '', datasource }: VariableJson, all: readonly DashboardVariable[]): string[] {
  if (type !== 'query') return [];
  const parsed = parseQuery(expandedForParsing(query, all));
  return [
    ...(parsed.ok ? [] : [`is no InfluxQL: ${parsed.error}`]),
    ...(datasource?.uid === STORE.uid ? [] : [`asks ${datasource?.uid}, not ${STORE.uid}`]),
    ...(query.includes(`FROM "${DATABASE}".`) ? [] : ['does not say the whole path of what it asks']),
  ];
}

function lintSource(source: Source): string[] {
  if (source.kind === 'subquery') return [];
  const { database, policy, name } = source;
  const whole = `"${database ?? ''}"."${policy ?? ''}"."${typeof name === 'string' ? name : '/…/'}"`;
  if (database !== DATABASE || policy === undefined || !POLICIES.has(policy))
    return [`asks ${whole}, which is not the whole path`];
  return typeof name === 'string' && MEASUREMENTS.has(name) ? [] : [`asks ${whole}, which nobody writes`];
}

function sourcesOf({ sources }: Select): Source[] {
  return sources.flatMap((source) => (source.kind === 'subquery' ? sourcesOf(source.select) : [source]));
}

/** Any value does. */
function expandedForParsing(query: string, variables: readonly DashboardVariable[]): string {
  const unknown = variablesIn(query).filter((name) => !variables.some((each) => each.name === name));
  const all = [...variables, ...unknown.map((name) => ({ name, type: 'textbox' }))];
  const chosen = new Map(all.map(({ name }) => [name, name === 'tier' ? 'raw' : 'x']));
  return expandMacros(expandVariables(query, all, chosen), RANGE);
}

function overlaps(panels: readonly PanelJson[]): string[] {
  return panels.flatMap((panel, i) => {
    const { x, w, y, h } = panel.gridPos;
    const wide = x + w > 24 ? [`panel ${panel.id} reaches beyond the 24 columns`] : [];
    const over = panels
      .slice(i + 1)
      .filter(({ gridPos: b }) => x < b.x + b.w && b.x < x + w && y < b.y + b.h && b.y < y + h)
      .map(({ id }) => `panels ${panel.id} and ${id} lie over each other`);
    return [...wide, ...over];
  });
}

function coloursIn(config: unknown): string[] {
  const found = [...JSON.stringify(config ?? {}).matchAll(/"(?:color|fixedColor)":"([^"]+)"/g)];
  return [...new Set(found.map(([, colour = '']) => colour))].filter((colour) => !PALETTE.has(colour));
}

function twice(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, i) => values.indexOf(value) !== i))];
}
