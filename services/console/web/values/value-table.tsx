// The latest value of every series, and which of them the trend shows.

import { useComputed, useSignal } from '@preact/signals';
import { deviceKey } from '#domain/topic.ts';
import type { ValueView } from '../../api/live.ts';
import { SearchField } from '../parts/search-field.tsx';
import { now } from '../state/clock.ts';
import { devices, values } from '../state/live.ts';
import { texts } from '../texts.ts';
import { type Change, hasSeries, type View } from '../trend/view.ts';
import { conditionOf } from './condition.ts';
import { formatAge, formatUnit, formatValue } from './format.ts';
import { type Area, groupValues } from './group.ts';
import { SeriesToggle } from './series-toggle.tsx';
import { StoredSeries } from './stored-series.tsx';

export type ValueTableProps = { readonly view: View; readonly change: Change };

export function ValueTable({ view, change }: ValueTableProps) {
  const search = useSignal('');
  const grouped = useComputed(() => groupValues(values.value.values(), search.value));
  const { heading, filter, filterHint, empty, noMatch, more } = texts.values;
  const { areas, hidden } = grouped.value;
  return (
    <section class="panel values" aria-labelledby="values-heading">
      <div class="panel-head">
        <h2 id="values-heading">{heading}</h2>
        <SearchField label={filter} hint={filterHint} search={search} testId="value-search" />
      </div>
      {areas.length === 0 ? (
        <p class="empty">{values.value.size === 0 ? empty : noMatch}</p>
      ) : (
        <table>
          <Head />
          {areas.map((area) => (
            <AreaRows key={area.name} area={area} view={view} change={change} />
          ))}
        </table>
      )}
      {hidden > 0 && <p class="hint">{more(hidden)}</p>}
      <StoredSeries search={search} view={view} change={change} />
    </section>
  );
}

function Head() {
  const { columns } = texts.values;
  return (
    <thead>
      <tr>
        <th scope="col">{columns.device}</th>
        <th scope="col">{columns.metric}</th>
        <th scope="col" class="number">
          {columns.value}
        </th>
        <th scope="col" class="number">
          {columns.age}
        </th>
        <th scope="col">{columns.quality}</th>
      </tr>
    </thead>
  );
}

function AreaRows({ area, view, change }: ValueTableProps & { readonly area: Area }) {
  return (
    <tbody>
      <tr class="area">
        <th scope="rowgroup" colSpan={5}>
          {area.name}
        </th>
      </tr>
      {area.values.map((value, i) => (
        <ValueRow
          key={value.id}
          value={value}
          isFirst={area.values[i - 1]?.device !== value.device}
          view={view}
          change={change}
        />
      ))}
    </tbody>
  );
}

/** `isFirst`: the first row of its device, which names it for the eye; a screen reader hears the name in each. */
function ValueRow({
  value,
  isFirst,
  view,
  change,
}: ValueTableProps & { readonly value: ValueView; readonly isFirst: boolean }) {
  const condition = conditionOf(value, devices.value.get(deviceKey(value)), now.value);
  const isChosen = hasSeries(view, value);
  const isNumber = typeof value.value === 'number';
  return (
    <tr
      data-testid="value-row"
      data-device={value.device}
      data-metric={value.metric}
      data-condition={condition}
      class={isChosen ? 'chosen' : ''}
    >
      <th scope="row" class="device">
        <span class={isFirst ? '' : 'visually-hidden'}>{value.device}</span>
      </th>
      <td class="metric">
        <SeriesToggle
          series={value}
          view={view}
          change={change}
          label={texts.values.showTrend(value.metric, value.device)}
        >
          {value.metric}
        </SeriesToggle>
      </td>
      <td class={condition === 'GOOD' ? 'number' : 'number hatched'}>
        <bdi class={typeof value.value === 'string' ? 'clamp' : 'measure'}>
          {formatValue(value.value, null)} {isNumber && <span class="unit">{formatUnit(value.unit)}</span>}
        </bdi>
      </td>
      <td class="number age">{formatAge(now.value - value.measuredAt)}</td>
      <td class="condition">{texts.values.conditions[condition]}</td>
    </tr>
  );
}
