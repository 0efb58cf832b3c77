// The list of alarms itself: thousands of rows, of which those in sight are drawn. One row has the keyboard at a time (arrows move it);
// Tab goes on into that row, and from it out of the list. Rows move and leave while somebody is at them: the keyboard stays where it was,
// and the row it is at stays under the eye.

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { AlarmView } from '../../api/live.ts';
import { route } from '../state/route.ts';
import { texts } from '../texts.ts';
import { AlarmRow } from './alarm-row.tsx';
import { focusRow } from './focus-row.ts';
import { GridHead } from './grid-head.tsx';
import { handleRowKey } from './keys.ts';
import { current, isSelected, shownAlarms } from './list-state.ts';
import { rowsDrawn, type Sight } from './rows-drawn.ts';

/** Until a row has been measured. */
const ROW_HEIGHT = 92;

export function AlarmGrid() {
  const list = shownAlarms.value;
  const body = useRef<HTMLTableSectionElement>(null);
  const sight = useSight(body);
  const { rowHeight } = sight;
  const at = current.value;
  useKeptFocus(body, rowHeight);
  const opened = route.value.steps.join('/');
  const rows = rowsDrawn(list.length, sight, at.id === null ? null : at.index);
  return (
    <table
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA's grid is a table whose rows take the keyboard
      role="grid"
      aria-labelledby="alarms-heading"
      aria-describedby="alarm-keys"
      aria-multiselectable="true"
      aria-rowcount={list.length + 1}
      aria-colcount={6}
      class="alarm-grid"
      data-testid="alarm-grid"
    >
      <caption id="alarm-keys" class="visually-hidden">
        {texts.alarms.keys.hint}
      </caption>
      <GridHead />
      <tbody class="rows" ref={body} style={{ height: `${list.length * rowHeight}px` }} onKeyDown={handleRowKey}>
        {rows.map((index) => {
          const alarm = list[index] as AlarmView;
          return (
            <AlarmRow
              key={alarm.id}
              alarm={alarm}
              index={index}
              top={index * rowHeight}
              isCurrent={alarm.id === at.id}
              isSelected={isSelected(alarm.id)}
              isOpened={alarm.id === opened}
            />
          );
        })}
      </tbody>
    </table>
  );
}

/** What of the list is in the window, and how high its rows are: the same for all, of a size that the style says. */
function useSight(body: { readonly current: HTMLElement | null }): Sight {
  const sight = useSignal<Sight>({ top: 0, bottom: 1_200, rowHeight: ROW_HEIGHT });
  const look = () => {
    if (body.current === null) return;
    const { top } = body.current.getBoundingClientRect();
    const height = body.current.querySelector<HTMLElement>('tr')?.offsetHeight ?? 0;
    const rowHeight = height === 0 ? sight.value.rowHeight : height;
    // By whole rows: scrolling within one draws nothing.
    const stepped = (y: number) => Math.floor(y / rowHeight) * rowHeight;
    const next = { top: stepped(-top), bottom: stepped(window.innerHeight - top) + rowHeight, rowHeight };
    const { value } = sight;
    if (next.top !== value.top || next.bottom !== value.bottom || rowHeight !== value.rowHeight) sight.value = next;
  };
  useLayoutEffect(look);
  useEffect(() => {
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  });
  return sight.value;
}

/** The browser takes the keyboard from an element that is moved in the document, or leaves it: it is given back, or to who came next. */
function useKeptFocus(body: { readonly current: HTMLElement | null }, rowHeight: number): void {
  const before =
    body.current?.contains(document.activeElement) === true ? (document.activeElement as HTMLElement) : null;
  const { id, index } = current.value;
  const last = useRef({ id, index });
  useLayoutEffect(() => {
    const moved = (index - last.current.index) * rowHeight;
    const isSameRow = id === last.current.id;
    last.current = { id, index };
    if (before === null) return;
    if (isSameRow && moved !== 0 && window.scrollY > 0) window.scrollBy(0, moved);
    if (document.activeElement === before) return;
    if (before.isConnected) before.focus({ preventScroll: true });
    else focusRow(id);
  });
}
