import { describe, expect, test } from 'vitest';
import type { DeviceView } from '#domain/device.ts';
import { START, sampleDevice } from '../../testing.ts';
import { CHILDREN_SHOWN, moveOf, plantTree, type TreeView, treeRows } from './tree.ts';

const device = (path: string, changes: Partial<DeviceView> = {}) => {
  const [site = '', area = '', name = ''] = path.split('/');
  return sampleDevice({ site, area, device: name, ...changes });
};
const PLANT = plantTree(
  [
    device('lyon/yard/hut', { online: false }),
    device('lyon/yard/gate'),
    device('lyon/tank-farm/tank-10'),
    device('lyon/tank-farm/tank-2', { contradictions: ['x'] }),
    device('paris/hall/fan'),
  ],
  START,
);
const view = (...open: string[]): TreeView => ({ open: new Set(open), shown: new Map() });
const keys = (...open: string[]) => treeRows(PLANT, view(...open)).map(({ key }) => key);

describe('the tree', () => {
  test('counts the devices that want a look, branch by branch', () => {
    const counts = treeRows(PLANT, view('lyon', 'lyon/yard')).map(({ key, node }) => [
      key,
      node.troubled,
      node.devices,
    ]);
    expect(counts).toEqual([
      ['', 2, 5],
      ['lyon', 2, 4],
      ['lyon/tank-farm', 1, 2],
      ['lyon/yard', 1, 2],
      ['lyon/yard/gate', 0, 1],
      ['lyon/yard/hut', 1, 1],
      ['paris', 0, 1],
    ]);
  });

  test('draws what is open, in order of name, and nothing below what is shut', () => {
    expect(keys()).toEqual(['', 'lyon', 'paris']);
    expect(keys('lyon/yard')).toEqual(['', 'lyon', 'paris']);
    expect(keys('lyon', 'lyon/tank-farm')).toEqual([
      ...['', 'lyon', 'lyon/tank-farm', 'lyon/tank-farm/tank-2', 'lyon/tank-farm/tank-10', 'lyon/yard', 'paris'],
    ]);
  });

  test('says level, place and number of siblings, as a reader of the screen hears them', () => {
    const [, , , tank] = treeRows(PLANT, view('lyon', 'lyon/tank-farm'));
    expect(tank).toMatchObject({ level: 4, place: 1, siblings: 2, isOpen: undefined });
  });

  test('draws so many rows of a branch of thousands, one for the rest, and more when asked', () => {
    const many = plantTree(
      Array.from({ length: 5_000 }, (_, i) => device(`lyon/yard/d${i}`)),
      START,
    );
    const open = new Set(['lyon', 'lyon/yard']);
    const rows = treeRows(many, { open, shown: new Map() });
    expect(rows).toHaveLength(3 + CHILDREN_SHOWN + 1);
    expect(rows.at(-1)).toMatchObject({
      hidden: 5_000 - CHILDREN_SHOWN,
      key: 'lyon/yard more',
      siblings: 101,
      place: 101,
    });
    expect(treeRows(many, { open, shown: new Map([['lyon/yard', 5_000]]) }).at(-1)).toMatchObject({ hidden: 0 });
  });
});

describe('a key', () => {
  const rows = treeRows(PLANT, view('lyon'));
  const by = (from: string, key: string) => {
    const move = moveOf(rows, from, key);
    return move && [move.kind, move.row.key];
  };

  test.each([
    ['', 'ArrowDown', ['focus', 'lyon']],
    ['', 'ArrowUp', undefined],
    ['paris', 'ArrowDown', undefined],
    ['paris', 'ArrowUp', ['focus', 'lyon/yard']],
    ['lyon', 'ArrowRight', ['focus', 'lyon/tank-farm']],
    ['lyon/yard', 'ArrowRight', ['open', 'lyon/yard']],
    ['lyon', 'ArrowLeft', ['close', 'lyon']],
    ['lyon/yard', 'ArrowLeft', ['focus', 'lyon']],
    ['', 'ArrowLeft', undefined],
    ['paris', 'Home', ['focus', '']],
    ['', 'End', ['focus', 'paris']],
    ['lyon/yard', 'Enter', ['choose', 'lyon/yard']],
    ['lyon/yard', ' ', ['choose', 'lyon/yard']],
    ['', 'y', ['focus', 'lyon/yard']],
    ['paris', 'L', ['focus', 'lyon']],
    ['', 'q', undefined],
    ['', 'Tab', undefined],
    ['a branch that has gone', 'ArrowDown', ['focus', 'lyon']],
  ])('at %j, %s: %j', (from, key, move) => {
    expect(by(from, key)).toEqual(move);
  });
});
