// A panel as its dashboard says it, and as Grafana has it. What all panels share stands here once: the store, "no data" in words,
// grey lines, gaps that are not drawn over.

import { type Expression, InfluxQuery, LastOf, MathExpression, type Query, STORE } from './influxql.ts';
import { type Link, linkOfValue } from './links.ts';
import type { MetricLook } from './metric-looks.ts';
import { CALM, GREYS, PALE } from './palette.ts';
import { type Builder, common, grafana, StatBuilder, TableBuilder, TimelineBuilder, TrendBuilder } from './sdk.ts';

/** From a value on it has this colour; below the first it is calm, unless the first is from −∞ on. */
export type Step = { readonly from: number; readonly colour: string };
/** What a value is shown as. */
export type Word = { readonly value: string; readonly text: string; readonly colour?: string };

type Common = {
  readonly title: string;
  /** What it shows, what is normal, and what to do where it is not. */
  readonly description: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  /** Grafana's id of a unit (parts/units.ts); 'none' says that it is a number of something the title names. */
  readonly unit: string;
  readonly decimals?: number;
  readonly steps?: readonly Step[];
  readonly words?: readonly Word[];
  /** In place of "no data", where nothing is an answer. */
  readonly noValue?: string;
  readonly repeat?: string;
  /** Colours of series, by their names. */
  readonly colours?: Readonly<Record<string, string>>;
  /** How the metrics of device models look: unit, range, digits, limits, by their names. */
  readonly looks?: readonly MetricLook[];
  /** Where a click on a value leads. */
  readonly link?: Link;
};

export type Stat = Common & {
  readonly kind: 'stat';
  /** Of the words in place of a value, where having none is the worst case and not the calm one. */
  readonly noValueColour?: string;
  /** The way there, as a line behind the value. */
  readonly hasSparkline?: boolean;
  /** Calculated of the queries' last values; the queries then are not shown. */
  readonly expression?: Expression;
};
export type Trend = Common & {
  readonly kind: 'trend';
  /** Lines where nothing should pass. */
  readonly targets?: readonly Step[];
  readonly drawAs?: 'line' | 'bars';
  readonly isStacked?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Series that only go along, drawn thin and pale: a pattern of their names. */
  readonly beside?: string;
  /** A longer time without a point is a gap, ms: of queries that leave empty steps out, which would be drawn over. */
  readonly gapAfterMs?: number;
  /** No step of the picture is shorter; may be a variable. */
  readonly stepAtLeast?: string;
};
export type Timeline = Common & { readonly kind: 'timeline' };
export type Table = Common & {
  readonly kind: 'table';
  /** In order; what is not named is not shown. */
  readonly columns: readonly Column[];
  readonly sortBy?: readonly { readonly column: string; readonly isDescending: boolean }[];
};
export type Column = {
  readonly name: string;
  readonly title: string;
  readonly unit?: string;
  readonly width?: number;
  readonly words?: readonly Word[];
  readonly steps?: readonly Step[];
  readonly link?: Link;
};
export type Panel = Stat | Trend | Timeline | Table;

export const NO_DATA = 'no data';

/** The panel at its place. */
export function buildPanel(
  panel: Panel,
  id: number,
  place: { readonly x: number; readonly y: number },
): Builder<grafana.Panel> {
  const builder = builderOf(panel)
    .id(id)
    .title(panel.title)
    .description(panel.description)
    .datasource(STORE)
    .gridPos({ ...place, w: panel.width, h: panel.height })
    .unit(panel.unit)
    .noValue(panel.noValue ?? NO_DATA)
    .thresholds(thresholds(panel.steps ?? []))
    .mappings([...mappingsOf(panel.words ?? []), ...mappingOfNothing(panel)]);
  if (panel.decimals !== undefined) builder.decimals(panel.decimals);
  if (panel.repeat !== undefined) builder.repeat(panel.repeat).repeatDirection('h').maxPerRow(maxPerRow(panel));
  if (panel.link !== undefined) builder.dataLinks([linkOfValue(panel.link)]);
  for (const [name, colour] of Object.entries(panel.colours ?? {})) {
    builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }]);
  }
  for (const [i, query] of panel.queries.entries()) builder.withTarget(new InfluxQuery(letter(i), query));
  if (panel.kind === 'stat' && panel.expression !== undefined) addExpression(builder, panel, panel.expression);
  for (const { name, look, limits } of panel.looks ?? []) {
    // A stat is coloured by thresholds, of which a limit from below would make every good value one.
    const properties = panel.kind === 'stat' ? look : [...look, ...limits];
    if (properties.length > 0) builder.overrideByRegexp(`/^(?:\\S+ )?${name}$/`, [...properties]);
  }
  return builder;
}

function maxPerRow({ width }: Panel): number {
  return Math.max(1, Math.floor(24 / width));
}

const letter = (i: number) => String.fromCharCode(65 + i);

function addExpression(
  builder: { withTarget(target: Builder<never> | InfluxQuery | LastOf | MathExpression): unknown },
  { queries }: Stat,
  expression: Expression,
): void {
  const values = queries.map((_, i) => letter(queries.length + i));
  for (const [i, refId] of values.entries()) builder.withTarget(new LastOf(refId, letter(i)));
  // The expression names the queries; what it calculates with are their last values.
  const text = expression.expression.replace(/\$([A-Z])/g, (_, name: string) => `$${values[name.charCodeAt(0) - 65]}`);
  builder.withTarget(new MathExpression(letter(2 * queries.length), { ...expression, expression: text }));
}

function builderOf(panel: Panel) {
  switch (panel.kind) {
    case 'stat':
      return statOf(panel);
    case 'trend':
      return trendOf(panel);
    case 'timeline':
      return timelineOf();
    case 'table':
      return tableOf(panel);
  }
}

function statOf({ hasSparkline = false, expression }: Stat): StatBuilder {
  const builder = new StatBuilder()
    .graphMode(hasSparkline ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .textMode(common.BigValueTextMode.ValueAndName)
    .justifyMode(common.BigValueJustifyMode.Auto)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
  return expression === undefined ? builder : builder.displayName(expression.alias);
}

function trendOf({
  targets = [],
  drawAs = 'line',
  isStacked = false,
  min,
  max,
  beside,
  gapAfterMs,
  stepAtLeast,
}: Trend): TrendBuilder {
  const style = new common.GraphThresholdsStyleConfigBuilder();
  const builder = new TrendBuilder()
    .drawStyle(drawAs === 'bars' ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .lineWidth(drawAs === 'bars' ? 0 : 1)
    .fillOpacity(drawAs === 'bars' ? 80 : 0)
    .lineInterpolation(common.LineInterpolation.Linear)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(false)
    .stacking(
      new common.StackingConfigBuilder().mode(isStacked ? common.StackingMode.Normal : common.StackingMode.None),
    )
    .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.Shades).fixedColor(GREYS[0]))
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .thresholdsStyle(
      style.mode(targets.length > 0 ? common.GraphThresholdsStyleMode.Dashed : common.GraphThresholdsStyleMode.Off),
    );
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (gapAfterMs !== undefined) builder.insertNulls(gapAfterMs);
  if (stepAtLeast !== undefined) builder.interval(stepAtLeast);
  if (beside !== undefined) {
    builder.overrideByRegexp(beside, [
      { id: 'color', value: { mode: 'fixed', fixedColor: PALE } },
      { id: 'custom.showPoints', value: 'never' },
    ]);
  }
  return builder;
}

/** A state is taken to last through steps without one for so long, ms; a longer silence is a gap. */
const STATE_LASTS_MS = 5 * 60_000;

function timelineOf(): TimelineBuilder {
  return new TimelineBuilder()
    .showValue(common.VisibilityMode.Auto)
    .mergeValues(true)
    .alignValue(common.TimelineValueAlignment.Left)
    .rowHeight(0.8)
    .fillOpacity(70)
    .lineWidth(0)
    .spanNulls(STATE_LASTS_MS)
    .colorScheme(new grafana.FieldColorBuilder().mode(grafana.FieldColorModeId.Fixed).fixedColor(GREYS[2]))
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(false),
    );
}

function tableOf({ columns, sortBy = [] }: Table): TableBuilder {
  const byName = Object.fromEntries(columns.map(({ name }, i) => [name, i]));
  const builder = new TableBuilder()
    .cellHeight(common.TableCellHeight.Sm)
    .showHeader(true)
    .filterable(true)
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: byName,
        includeByName: Object.fromEntries(columns.map(({ name }) => [name, true])),
        renameByName: Object.fromEntries(columns.map(({ name, title }) => [name, title])),
      },
    });
  builder.sortBy(
    sortBy.map(({ column, isDescending }) =>
      new common.TableSortByFieldStateBuilder().displayName(column).desc(isDescending),
    ),
  );
  for (const column of columns) builder.overrideByName(column.title, columnProperties(column));
  return builder;
}

function columnProperties({ unit, width, words, steps, link }: Column): grafana.DynamicConfigValue[] {
  return [
    // What is said where the whole table is empty is not to stand in every empty cell.
    { id: 'noValue', value: '–' },
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(words === undefined ? [] : [{ id: 'mappings', value: mappingsOf(words) }]),
    ...(words === undefined && steps === undefined
      ? []
      : [{ id: 'custom.cellOptions', value: { type: 'color-text' } }]),
    ...(steps === undefined ? [] : [{ id: 'thresholds', value: thresholds(steps).build() }]),
    ...(link === undefined ? [] : [{ id: 'links', value: [linkOfValue(link).build()] }]),
  ];
}

function thresholds(steps: readonly Step[]): grafana.ThresholdsConfigBuilder {
  const base = steps[0]?.from === Number.NEGATIVE_INFINITY ? [] : [{ value: null, color: CALM }];
  const others = steps.map(({ from, colour }) => ({ value: Number.isFinite(from) ? from : null, color: colour }));
  return new grafana.ThresholdsConfigBuilder().mode(grafana.ThresholdsMode.Absolute).steps([...base, ...others]);
}

function mappingsOf(words: readonly Word[]): grafana.ValueMapping[] {
  if (words.length === 0) return [];
  const options = Object.fromEntries(
    words.map(({ value, text, colour = CALM }, index) => [value, { text, color: colour, index }]),
  );
  return [{ type: grafana.MappingType.ValueToText, options }];
}

/** Steps colour numbers only: where there is none, Grafana takes the calm colour unless a mapping says another. */
function mappingOfNothing(panel: Panel): grafana.ValueMapping[] {
  if (panel.kind !== 'stat' || panel.noValueColour === undefined) return [];
  const result = { text: panel.noValue ?? NO_DATA, color: panel.noValueColour, index: panel.words?.length ?? 0 };
  const match = grafana.SpecialValueMatch.NullAndNan;
  return [{ type: grafana.MappingType.SpecialValue, options: { match, result } }];
}
