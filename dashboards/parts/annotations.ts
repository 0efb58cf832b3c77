// Alarms as marks on every trend: when each began and when it was over.

import { alarmEvents, and, InfluxQuery, isReal, SHOWN, STORE } from './influxql.ts';
import { DARK, PRIORITY_COLOURS } from './palette.ts';
import { type Builder, grafana } from './sdk.ts';

export type Annotation = { readonly name: string; readonly text: string; readonly colour: string };

/** @param where which alarms: terms about their tags */
export function alarmMarks(where: string): Annotation[] {
  const of = (event: string) =>
    `SELECT "summary", "priority", "rule", "instance" FROM ${alarmEvents} WHERE ${and(SHOWN, where, isReal, `"event" = '${event}'`)}`;
  return [
    { name: 'Alarms', text: of('ACTIVE'), colour: PRIORITY_COLOURS.high },
    { name: 'Returns', text: of('RETURNED'), colour: DARK },
  ];
}

export function buildAnnotation({ name, text, colour }: Annotation): Builder<grafana.AnnotationQuery> {
  const builder = new grafana.AnnotationQueryBuilder()
    .name(name)
    .datasource(STORE)
    .enable(true)
    .hide(false)
    .iconColor(colour)
    .target(new InfluxQuery('Anno', { text, format: 'table' }));
  return {
    build: () => {
      // The SDK would hide the switch in a menu; and which columns are text and tags it has no words for.
      const { placement, ...annotation } = builder.build();
      const editor = {
        fromAnnotations: true,
        textEditor: true,
        textColumn: 'summary',
        tagsColumn: 'priority,rule,instance',
      };
      return { ...annotation, target: { ...annotation.target, ...editor } } as grafana.AnnotationQuery;
    },
  };
}
