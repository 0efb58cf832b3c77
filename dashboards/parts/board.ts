// A dashboard: rows of panels that fill its 24 columns, in the order they are read.

import { type Annotation, buildAnnotation } from './annotations.ts';
import { linkToBoard } from './links.ts';
import { buildPanel, type Panel } from './panel.ts';
import { grafana } from './sdk.ts';
import type { Variable } from './variables.ts';

export type Row = {
  /** A heading; rows without one stand under that of the row above. */
  readonly title?: string;
  /** Repeated for each value of the variable. */
  readonly repeat?: string;
  readonly panels: readonly Panel[];
};

export type Board = {
  readonly uid: string;
  readonly title: string;
  /** Folder in Grafana. */
  readonly folder: 'Plant' | 'Pipeline';
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
  readonly rows: readonly Row[];
  readonly range: string;
  readonly refresh: string;
  /** Boards that are one step away, by uid. */
  readonly leadsTo: readonly { readonly title: string; readonly uid: string }[];
};

/** By which boards find each other. */
export const TAG = 'penstock';
const COLUMNS = 24;

export function buildBoard(board: Board): grafana.Dashboard {
  const builder = new grafana.DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags([TAG])
    .timezone('browser')
    .readonly()
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .time({ from: board.range, to: 'now' })
    .refresh(board.refresh)
    .variables(board.variables.map(({ build }) => build()))
    .annotations(board.annotations.map(buildAnnotation))
    .links(board.leadsTo.map(({ title, uid }) => linkToBoard(title, uid)));
  addRows(builder, board.rows);
  return { ...builder.build(), id: null };
}

/** Ids count from 1 in reading order, so that links to a panel stay. */
function addRows(builder: grafana.DashboardBuilder, rows: readonly Row[]): void {
  let id = 1;
  let y = 0;
  for (const { title, repeat, panels } of rows) {
    if (title !== undefined) {
      const heading = new grafana.RowBuilder(title).id(id++).gridPos({ x: 0, y, w: COLUMNS, h: 1 }).collapsed(false);
      builder.withRow(repeat === undefined ? heading : heading.repeat(repeat));
      y += 1;
    }
    for (const line of linesOf(panels)) {
      let x = 0;
      for (const panel of line) {
        builder.withPanel(buildPanel(panel, id++, { x, y }));
        x += panel.width;
      }
      y += Math.max(...line.map(({ height }) => height));
    }
  }
}

/** As many side by side as there is room for. */
function linesOf(panels: readonly Panel[]): Panel[][] {
  const lines: Panel[][] = [];
  let room = 0;
  for (const panel of panels) {
    if (panel.width > room) {
      lines.push([]);
      room = COLUMNS;
    }
    lines.at(-1)?.push(panel);
    room -= panel.width;
  }
  return lines;
}
