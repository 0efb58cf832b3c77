// The devices as a tree of sites and areas: how many of each branch want a look, which rows are drawn, and what a key does. Pure.

import type { DeviceView } from '#domain/device.ts';
import { compareNames } from '../parts/find.ts';
import { type Branch, branchKey } from './branch.ts';
import { type Trouble, troublesOf } from './trouble.ts';

/** Rows that a branch begins with, and that "more" adds: as many as a screen or two. */
export const CHILDREN_SHOWN = 100;

export type TreeNode = {
  /** Its name alone; '' for the plant. */
  readonly name: string;
  readonly branch: Branch;
  /** In order of name; of a device none. */
  readonly children: readonly TreeNode[];
  /** Devices in it; of a device 1. */
  readonly devices: number;
  readonly troubled: number;
  /** Of a device. */
  readonly troubles: readonly Trouble[];
};

/** What the person has opened: branches, and how many rows of each are drawn. */
export type TreeView = { readonly open: ReadonlySet<string>; readonly shown: ReadonlyMap<string, number> };

export type TreeRow = {
  readonly key: string;
  readonly node: TreeNode;
  readonly level: number;
  /** Among its siblings, from 1. */
  readonly place: number;
  readonly siblings: number;
  /** undefined where there is nothing to open. */
  readonly isOpen: boolean | undefined;
  /** This row stands for so many children of `node` that are not drawn. */
  readonly hidden: number;
};

export function plantTree(devices: Iterable<DeviceView>, now: number): TreeNode {
  const sites = new Map<string, Map<string, TreeNode[]>>();
  for (const view of devices) {
    const { site, area, device } = view;
    const areas = sites.get(site) ?? new Map<string, TreeNode[]>();
    sites.set(site, areas);
    const list = areas.get(area) ?? [];
    areas.set(area, list);
    const troubles = troublesOf(view, now);
    const troubled = troubles.length > 0 ? 1 : 0;
    list.push({ name: device, branch: [site, area, device], children: [], devices: 1, troubled, troubles });
  }
  const areasOf = (site: string, areas: ReadonlyMap<string, TreeNode[]>) =>
    Array.from(areas, ([area, children]) => joined([site, area], children));
  return joined(
    [],
    Array.from(sites, ([site, areas]) => joined([site], areasOf(site, areas))),
  );
}

function joined(branch: Branch, children: TreeNode[]): TreeNode {
  children.sort((a, b) => compareNames(a.name, b.name));
  const sum = (count: (node: TreeNode) => number) => children.reduce((total, node) => total + count(node), 0);
  return {
    ...{ name: branch.at(-1) ?? '', branch, children, troubles: [] },
    ...{ devices: sum(({ devices }) => devices), troubled: sum(({ troubled }) => troubled) },
  };
}

/** The rows to draw, from top to bottom. The plant itself is always open. */
export function treeRows(plant: TreeNode, view: TreeView): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (node: TreeNode, level: number, place: number, siblings: number): void => {
    const key = branchKey(node.branch);
    const isOpen = node.children.length === 0 ? undefined : node === plant || view.open.has(key);
    rows.push({ key, node, level, place, siblings, isOpen, hidden: 0 });
    if (isOpen !== true) return;
    const shown = node.children.slice(0, view.shown.get(key) ?? CHILDREN_SHOWN);
    const hidden = node.children.length - shown.length;
    const size = shown.length + (hidden > 0 ? 1 : 0);
    for (const [i, child] of shown.entries()) add(child, level + 1, i + 1, size);
    // No name holds a blank: the key is no branch's.
    const more = { key: `${key} more`, node, level: level + 1, place: size, siblings: size, isOpen: undefined, hidden };
    if (hidden > 0) rows.push(more);
  };
  add(plant, 1, 1, 1);
  return rows;
}

export type TreeMove = { readonly kind: 'focus' | 'open' | 'close' | 'choose'; readonly row: TreeRow };

/** What a key does while that row has the focus, as the pattern of trees has it (WAI-ARIA APG); undefined: nothing. */
export function moveOf(rows: readonly TreeRow[], focused: string, key: string): TreeMove | undefined {
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === focused),
  );
  const row = rows[at];
  if (row === undefined) return undefined;
  const focus = (to: TreeRow | undefined): TreeMove | undefined => to && { kind: 'focus', row: to };
  switch (key) {
    case 'ArrowDown':
      return focus(rows[at + 1]);
    case 'ArrowUp':
      return focus(rows[at - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      return row.isOpen === false ? { kind: 'open', row } : row.isOpen ? focus(rows[at + 1]) : undefined;
    case 'ArrowLeft':
      if (row.isOpen === true && row.level > 1) return { kind: 'close', row };
      return focus(rows.slice(0, at).findLast(({ level }) => level < row.level));
    case 'Enter':
    case ' ':
      return { kind: 'choose', row };
    default:
      return key.length === 1 ? focus(named(rows, at, key)) : undefined;
  }
}

/** The next row whose name begins with the letter, around the end. */
function named(rows: readonly TreeRow[], at: number, letter: string): TreeRow | undefined {
  const around = [...rows.slice(at + 1), ...rows.slice(0, at)];
  return around.find(({ node, hidden }) => hidden === 0 && node.name.toLowerCase().startsWith(letter.toLowerCase()));
}
