// The plant as a tree, by the pattern of WAI-ARIA: one stop for the tab key, arrows within, Enter chooses. Rows are drawn only where
// somebody has opened their branch, and only so many of each.

import { useComputed, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { now } from '../state/clock.ts';
import { devices } from '../state/live.ts';
import { goTo, hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { above, type Branch, branchKey } from './branch.ts';
import { CHILDREN_SHOWN, moveOf, plantTree, type TreeMove, type TreeRow, treeRows } from './tree.ts';
import { REDRAW_MS } from './trouble.ts';

export function DeviceTree({ branch }: { readonly branch: Branch }) {
  const chosenKey = branchKey(branch);
  const open = useSignal<ReadonlySet<string>>(new Set());
  const shown = useSignal<ReadonlyMap<string, number>>(new Map());
  const focused = useSignal(chosenKey);
  const isMoved = useRef(false);
  const list = useRef<HTMLDivElement>(null);
  const at = useComputed(() => Math.floor(now.value / REDRAW_MS) * REDRAW_MS);
  const count = useComputed(() => devices.value.size);
  const plant = useComputed(() => {
    void count.value; // a device that comes is drawn at once
    return plantTree(devices.peek().values(), Math.max(at.value, now.peek()));
  });
  useLayoutEffect(() => {
    focused.value = chosenKey;
    const keys = above(branch).map(branchKey);
    if (!keys.every((key) => open.value.has(key))) open.value = new Set([...open.value, ...keys]);
  }, [chosenKey]);
  const rows = treeRows(plant.value, { open: open.value, shown: shown.value });
  const stop = rows.some(({ key }) => key === focused.value) ? focused.value : '';
  useLayoutEffect(() => {
    if (!isMoved.current) return;
    isMoved.current = false;
    list.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  });
  const isChosenThere = rows.some(({ key }) => key === chosenKey);
  useLayoutEffect(() => {
    if (isChosenThere) showWithin(list.current, '[aria-selected="true"]');
  }, [chosenKey, isChosenThere]);
  const move = ({ kind, row }: TreeMove) => {
    if (kind === 'focus') focused.value = row.key;
    else if (kind === 'open') open.value = new Set([...open.value, row.key]);
    else if (kind === 'close') open.value = new Set([...open.value].filter((key) => key !== row.key));
    else if (row.hidden > 0) showMore(row);
    else goTo(hrefOf('devices', row.node.branch));
  };
  const showMore = ({ node, key }: TreeRow) => {
    const of = branchKey(node.branch);
    const before = shown.value.get(of) ?? CHILDREN_SHOWN;
    // The focus goes on to the first of the new ones, if it was on what has gone.
    const next = node.children[before];
    if (focused.value === key && next !== undefined) focused.value = branchKey(next.branch);
    shown.value = new Map([...shown.value, [of, before + CHILDREN_SHOWN]]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const made = moveOf(rows, stop, event.key);
    if (made === undefined) return;
    event.preventDefault();
    isMoved.current = true;
    move(made);
  };
  const onClick = (row: TreeRow, isToggle: boolean) => {
    focused.value = row.key;
    isMoved.current = true;
    if (isToggle) move({ kind: row.isOpen ? 'close' : 'open', row });
    else move({ kind: 'choose', row });
  };
  return (
    <section class="panel device-tree" aria-labelledby="tree-heading">
      <h2 id="tree-heading">{texts.devices.tree.heading}</h2>
      <div role="tree" aria-labelledby="tree-heading" ref={list} onKeyDown={onKeyDown} data-testid="device-tree">
        {rows.map((row) => (
          <Row key={row.key} row={row} isStop={row.key === stop} isChosen={row.key === chosenKey} onClick={onClick} />
        ))}
      </div>
    </section>
  );
}

/** Scrolls the list alone, and not the page: nobody wants the page to jump because an address was opened. */
function showWithin(list: HTMLElement | null, selector: string): void {
  const row = list?.querySelector(selector);
  if (list === null || row === null || row === undefined) return;
  const [outer, inner] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom)
    list.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
}

type RowProps = {
  readonly row: TreeRow;
  readonly isStop: boolean;
  readonly isChosen: boolean;
  readonly onClick: (row: TreeRow, isToggle: boolean) => void;
};

function Row({ row, isStop, isChosen, onClick }: RowProps) {
  const { key, level, place, siblings, isOpen, hidden, node } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the whole tree
    <div
      role="treeitem"
      tabIndex={isStop ? 0 : -1}
      aria-level={level}
      aria-posinset={place}
      aria-setsize={siblings}
      aria-expanded={isOpen}
      aria-selected={isChosen}
      data-testid="tree-row"
      data-branch={key}
      data-level={level}
      data-troubled={node.troubled}
      onClick={(event) => onClick(row, level > 1 && (event.target as Element).closest('.twist') !== null)}
    >
      <span class={isOpen === undefined || level === 1 ? 'twist none' : 'twist'} aria-hidden="true">
        {isOpen === undefined || level === 1 ? '' : isOpen ? '▾' : '▸'}
      </span>
      {hidden > 0 ? (
        <span class="hint">{texts.devices.tree.more(hidden)}</span>
      ) : (
        <bdi class="tree-name">{level === 1 ? texts.devices.tree.plant : node.name}</bdi>
      )}
      {hidden === 0 && <Counts row={row} />}
    </div>
  );
}

function Counts({ row: { node } }: { readonly row: TreeRow }) {
  const { tree } = texts.devices;
  const isDevice = node.children.length === 0 && node.branch.length > 0;
  if (isDevice)
    return node.troubles.length === 0 ? null : (
      <span class="tree-count trouble">{node.troubles.map((trouble) => tree.troubles[trouble]).join(', ')}</span>
    );
  return (
    <span class={node.troubled > 0 ? 'tree-count trouble' : 'tree-count'}>
      <span aria-hidden="true">{tree.short(node.troubled, node.devices)}</span>
      <span class="visually-hidden">{tree.counts(node.troubled, node.devices)}</span>
    </span>
  );
}
