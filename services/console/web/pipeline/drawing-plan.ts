// Where everything stands in the drawing: across where there is room, from top to bottom where there is not. In units of the
// drawing, which is scaled to the width that it gets.

import type { Flow, Station } from './stations.ts';

export type Place = { readonly x: number; readonly y: number };
export type LabelPlace = Place & { readonly anchor: 'start' | 'middle' | 'end' };

export type Plan = {
  readonly width: number;
  readonly height: number;
  readonly box: { readonly width: number; readonly height: number };
  readonly places: { readonly [station in Station]: Place };
  /** How many lines a label has: the number over its name, or both in one. */
  readonly labelLines: 1 | 2;
  readonly lineHeight: number;
  /** By `from-to`: the line, and where the first line of each of its numbers stands. */
  readonly flows: { readonly [flow in FlowName]: { readonly path: string; readonly labels: readonly LabelPlace[] } };
};

type FlowName = NameOf<Flow>;
type NameOf<F extends Flow> = F extends Flow ? `${F['from']}-${F['to']}` : never;

export function flowName({ from, to }: Flow): FlowName {
  return `${from}-${to}` as FlowName;
}

const middle = (x: number, y: number): LabelPlace => ({ x, y, anchor: 'middle' });
const start = (x: number, y: number): LabelPlace => ({ x, y, anchor: 'start' });
const end = (x: number, y: number): LabelPlace => ({ x, y, anchor: 'end' });

/** Over and under a line from left to right. */
const around = (x: number, y: number) => [middle(x, y - 22), middle(x, y + 19)];

export const WIDE: Plan = {
  width: 1_182,
  height: 376,
  box: { width: 124, height: 58 },
  places: {
    devices: { x: 4, y: 156 },
    broker: { x: 214, y: 156 },
    ingest: { x: 424, y: 156 },
    rejected: { x: 424, y: 300 },
    points: { x: 634, y: 156 },
    rules: { x: 844, y: 14 },
    writer: { x: 844, y: 300 },
    alarms: { x: 1_054, y: 14 },
    store: { x: 1_054, y: 300 },
    console: { x: 1_054, y: 156 },
  },
  labelLines: 2,
  lineHeight: 15,
  flows: {
    'devices-broker': { path: 'M128 185H214', labels: around(171, 185) },
    'broker-ingest': { path: 'M338 185H424', labels: around(381, 185) },
    'ingest-rejected': { path: 'M486 214V300', labels: [start(495, 252)] },
    'ingest-points': { path: 'M548 185H634', labels: around(591, 185) },
    'points-rules': { path: 'M758 185H800V43H844', labels: [start(809, 96), start(905, 96)] },
    'points-writer': { path: 'M758 185H800V329H844', labels: [start(809, 252), start(905, 252)] },
    'rules-alarms': { path: 'M968 43H1054', labels: around(1_011, 43) },
    'writer-store': { path: 'M968 329H1054', labels: around(1_011, 329) },
    'alarms-console': { path: 'M1116 72V156', labels: [end(1_107, 110)] },
    'store-console': { path: 'M1116 300V214', labels: [end(1_107, 252)] },
  },
};

/** Two numbers, each on a line of its own, below a box and beside the line that leaves it. */
const beside = (x: number, y: number) => [start(x + 8, y + 28), start(x + 8, y + 45)];

export const TALL: Plan = {
  width: 360,
  height: 806,
  box: { width: 150, height: 54 },
  places: {
    devices: { x: 4, y: 4 },
    broker: { x: 4, y: 128 },
    ingest: { x: 4, y: 252 },
    rejected: { x: 206, y: 252 },
    points: { x: 4, y: 376 },
    rules: { x: 4, y: 500 },
    writer: { x: 206, y: 500 },
    alarms: { x: 4, y: 624 },
    store: { x: 206, y: 624 },
    console: { x: 4, y: 748 },
  },
  labelLines: 1,
  lineHeight: 16,
  flows: {
    'devices-broker': { path: 'M28 58V128', labels: beside(28, 58) },
    'broker-ingest': { path: 'M28 182V252', labels: beside(28, 182) },
    'ingest-rejected': { path: 'M154 279H206', labels: [middle(281, 242)] },
    'ingest-points': { path: 'M28 306V376', labels: beside(28, 306) },
    'points-rules': { path: 'M28 430V500', labels: beside(28, 430) },
    'points-writer': { path: 'M154 403H230V500', labels: beside(230, 430) },
    'rules-alarms': { path: 'M28 554V624', labels: beside(28, 554) },
    'writer-store': { path: 'M230 554V624', labels: beside(230, 554) },
    'alarms-console': { path: 'M28 678V748', labels: [start(36, 717)] },
    'store-console': { path: 'M230 678V775H154', labels: [start(238, 717)] },
  },
};
