// The heads of the list's columns, and the box that ticks all that is shown.

import { texts } from '../texts.ts';
import { selectAll, selected, selectNone, shownAlarms } from './list-state.ts';

export function GridHead() {
  const { columns, selectAllShown } = texts.alarms;
  const [count, all] = [selected.value.length, shownAlarms.value.length];
  return (
    <thead class="heads">
      <tr class="heads-row" aria-rowindex={1}>
        <th scope="col" class="select">
          <label>
            <input
              type="checkbox"
              data-testid="select-all"
              aria-label={selectAllShown(all)}
              checked={count > 0 && count === all}
              ref={(box) => {
                if (box !== null) box.indeterminate = count > 0 && count < all;
              }}
              onClick={() => (count > 0 && count === all ? selectNone() : selectAll())}
            />
          </label>
        </th>
        <th scope="col">{columns.priority}</th>
        <th scope="col">{columns.alarm}</th>
        <th scope="col" class="number">
          {columns.value}
        </th>
        <th scope="col">{columns.since}</th>
        <th scope="col">{columns.action}</th>
      </tr>
    </thead>
  );
}
