// The latest values of one device; each leads to its trend.

import { type DeviceName, deviceKey } from '#domain/topic.ts';
import { now } from '../state/clock.ts';
import { devices, values } from '../state/live.ts';
import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { formatAge, formatUnit, formatValue } from '../values/format.ts';
import { type DeviceValue, VALUES_MAX, valuesOf } from './values-of.ts';

export function DeviceValues({ name }: { readonly name: DeviceName }) {
  const key = deviceKey(name);
  const all = valuesOf(values.value.values(), name, { device: devices.value.get(key), now: now.value });
  const { heading, empty, more } = texts.devices.latest;
  const { columns } = texts.values;
  return (
    <section class="panel values" aria-labelledby="latest-heading">
      <h3 id="latest-heading">{heading}</h3>
      {all.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
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
          <tbody>
            {all.slice(0, VALUES_MAX).map((each) => (
              <Row key={each.value.id} of={each} />
            ))}
          </tbody>
        </table>
      )}
      {all.length > VALUES_MAX && <p class="hint">{more(all.length - VALUES_MAX)}</p>}
    </section>
  );
}

function Row({ of: { value: view, condition } }: { readonly of: DeviceValue }) {
  const { metric, value, unit, measuredAt } = view;
  const isNumber = typeof value === 'number';
  return (
    <tr data-testid="device-value" data-metric={metric} data-condition={condition}>
      <th scope="row" class="metric">
        <a href={hrefOf('trends', [], { s: `${deviceKey(view)}/${metric}` })}>
          <bdi>{metric}</bdi>
        </a>
      </th>
      <td class={condition === 'GOOD' ? 'number' : 'number hatched'}>
        <bdi class={typeof value === 'string' ? 'clamp' : 'measure'}>
          {formatValue(value, null)} {isNumber && <span class="unit">{formatUnit(unit)}</span>}
        </bdi>
      </td>
      <td class="number age">{formatAge(now.value - measuredAt)}</td>
      <td class="condition">{texts.values.conditions[condition]}</td>
    </tr>
  );
}
