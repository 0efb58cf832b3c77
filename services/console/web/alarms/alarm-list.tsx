import { useComputed, useSignal } from '@preact/signals';
import { alarms } from '../state/live.ts';
import { texts } from '../texts.ts';
import { AlarmRow } from './alarm-row.tsx';
import { FILTER_NAMES, type FilterName, isAside, sortedAlarms } from './order.ts';

/** Rows that are drawn: more than anybody reads in a flood, and few enough to redraw in one frame. */
const ROWS_MAX = 200;

export function AlarmList() {
  const filter = useSignal<FilterName>('open');
  const sorted = useComputed(() => sortedAlarms(alarms.value.values(), filter.value));
  const { heading, columns, empty, more } = texts.alarms;
  const shown = sorted.value.slice(0, ROWS_MAX);
  return (
    <section class="panel alarms" aria-labelledby="alarms-heading">
      <div class="panel-head">
        <h2 id="alarms-heading">{heading}</h2>
        <label class="inline">
          {texts.alarms.filter}{' '}
          <select
            value={filter.value}
            data-testid="alarm-filter"
            onChange={(event) => {
              filter.value = event.currentTarget.value as FilterName;
            }}
          >
            {FILTER_NAMES.map((name) => (
              <option key={name} value={name}>
                {texts.alarms.filters[name]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {shown.length === 0 ? (
        <p class="empty" data-testid="alarms-empty">
          {empty[filter.value]}
        </p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{columns.priority}</th>
              <th scope="col">{columns.state}</th>
              <th scope="col">{columns.alarm}</th>
              <th scope="col" class="number">
                {columns.value}
              </th>
              <th scope="col">{columns.since}</th>
              <th scope="col">{columns.action}</th>
            </tr>
          </thead>
          {shown.map((alarm) => (
            <AlarmRow key={alarm.id} alarm={alarm} />
          ))}
        </table>
      )}
      {filter.value !== 'aside' && (
        <AsideNote
          onShow={() => {
            filter.value = 'aside';
          }}
        />
      )}
      {sorted.value.length > ROWS_MAX && <p class="hint">{more(sorted.value.length - ROWS_MAX)}</p>}
    </section>
  );
}

/** What is silenced is not forgotten: how much there is stands below every other list. */
function AsideNote({ onShow }: { readonly onShow: () => void }) {
  const count = useComputed(() => Array.from(alarms.value.values()).filter(isAside).length).value;
  if (count === 0) return null;
  return (
    <p class="hint" data-testid="aside-note">
      {texts.alarms.aside(count)}{' '}
      <button type="button" class="quiet link" onClick={onShow}>
        {texts.alarms.showAside}
      </button>
    </p>
  );
}
