// Every query that a dashboard asks, as the store gets it: of panels (each once for what it is repeated by), of annotations, and of
// variables, whose answers decide what the others ask.

import { EXPRESSIONS } from '../parts/influxql.ts';
import { type Chosen, expandMacros, expandVariables, type TimeRange } from './expand.ts';
import type { DashboardJson, PanelJson, VariableJson } from './lint.ts';

/** The store's answer to one statement. */
export type Series = {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
};
export type Ask = (query: string) => Promise<readonly Series[]>;

export type AskedQuery = {
  /** For sentences: `penstock-area, panel 3 'On and off', query A`. */
  readonly where: string;
  readonly panel: string;
  readonly text: string;
};

const ALL = '$__all';

/** Every way to choose what the board is about: all of a variable of many, and in turn each value of a variable of one. */
export async function choices({ templating }: DashboardJson, ask: Ask, range: TimeRange): Promise<Chosen[]> {
  let ways: Chosen[] = [new Map()];
  for (const variable of templating.list) {
    const more = await Promise.all(
      ways.map(async (chosen) => {
        const values = await valuesOf(variable, { templating, chosen, ask, range });
        const each = variable.multi === true ? [values] : values;
        return each.map((value) => new Map([...chosen, [variable.name, value]]));
      }),
    );
    ways = more.flat();
  }
  return ways;
}

type Asking = Pick<DashboardJson, 'templating'> & {
  readonly chosen: Chosen;
  readonly ask: Ask;
  readonly range: TimeRange;
};

async function valuesOf(variable: VariableJson, { templating, chosen, ask, range }: Asking): Promise<string[]> {
  const { type, query = '', name, regex } = variable;
  if (type === 'constant') return [query];
  if (type === 'custom') return [query.split(', ')[0]?.split(' : ')[1] ?? ''];
  const answer = await ask(expandMacros(expandVariables(query, templating.list, chosen), range));
  const values = answer.flatMap((series) => series.values.map((row) => String(row[1])));
  const kept = regex === undefined ? values : values.filter((value) => asRegExp(regex).test(value));
  if (kept.length === 0) throw new Error(`variable ${name} has no value`);
  return kept;
}

function asRegExp(text: string): RegExp {
  const [, body = '', flags = ''] = /^\/(.*)\/(\w*)$/.exec(text) ?? [];
  return new RegExp(body, flags);
}

/** @param chosen of the board's variables @param tier that trends are drawn from */
export function askedQueries(
  dashboard: DashboardJson,
  choice: Chosen,
  { range, tier }: { range: TimeRange; tier: string },
): AskedQuery[] {
  const { uid, panels, annotations, templating } = dashboard;
  const chosen = templating.list.some(({ name }) => name === 'tier') ? new Map([...choice, ['tier', tier]]) : choice;
  const expanded = (text: string, values: Chosen) =>
    expandMacros(expandVariables(text, templating.list, values), range);
  let repeatedRow: string | undefined;
  const ofPanels = panels.flatMap((panel) => {
    if (panel.type === 'row') {
      repeatedRow = panel.repeat;
      return [];
    }
    return choicesOf(panel, repeatedRow, chosen).flatMap((values) =>
      (panel.targets ?? [])
        .filter(({ datasource }) => datasource?.uid !== EXPRESSIONS.uid)
        .map(({ refId, query = '' }) => ({
          where: `${uid}, panel ${panel.id} '${panel.title}', query ${refId}`,
          panel: `${uid} ${panel.title}`,
          text: expanded(query, values),
        })),
    );
  });
  const ofAnnotations = (annotations.list ?? []).flatMap(({ name, target }) =>
    target?.query === undefined
      ? []
      : [{ where: `${uid}, annotation ${name}`, panel: `${uid} ${name}`, text: expanded(target.query, chosen) }],
  );
  return [...ofPanels, ...ofAnnotations];
}

/** A panel that is repeated, or stands in a row that is, asks once for each value. */
function choicesOf({ repeat }: PanelJson, repeatedRow: string | undefined, chosen: Chosen): Chosen[] {
  const name = repeat ?? repeatedRow;
  if (name === undefined) return [chosen];
  const values = chosen.get(name) ?? [];
  return (typeof values === 'string' ? [values] : values.filter((value) => value !== ALL)).map(
    (value) => new Map([...chosen, [name, value]]),
  );
}
