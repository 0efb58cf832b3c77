// Every number of the drawing and those behind it, in words: what it is, whose, how old, and what is normal.

import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';
import { numberText } from './number-text.ts';
import type { Reading } from './reading.ts';
import { Sparkline } from './sparkline.tsx';

export function NumberTable({ readings, isTold }: { readonly readings: readonly Reading[]; readonly isTold: boolean }) {
  const { heading, columns, empty, asking } = texts.pipeline.numberTable;
  return (
    <section class="panel numbers" aria-labelledby="numbers-heading">
      <div class="panel-head">
        <h2 id="numbers-heading">{heading}</h2>
      </div>
      {readings.length === 0 ? (
        <p class="empty">{isTold ? empty : asking}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{columns.what}</th>
              <th scope="col">{columns.whose}</th>
              <th scope="col" class="number">
                {columns.now}
              </th>
              <th scope="col">{columns.last}</th>
              <th scope="col" class="number">
                {columns.age}
              </th>
              <th scope="col">{columns.normal}</th>
            </tr>
          </thead>
          <tbody>
            {readings.map((reading) => (
              <Row key={`${reading.device} ${reading.id}`} reading={reading} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ reading: { id, device, value, at, told } }: { readonly reading: Reading }) {
  const { columns } = texts.pipeline.numberTable;
  const { name, normal } = texts.pipeline.numbers[id];
  return (
    <tr data-testid="pipeline-number" data-number={id} data-device={device} data-known={value !== null}>
      <th scope="row">{name}</th>
      <td data-label={columns.whose}>
        <bdi>{device}</bdi>
      </td>
      <td class={`number now ${typeof value === 'number' ? '' : 'missing'}`}>{numberText(id, value)}</td>
      <td class="last">
        <Sparkline told={told} />
      </td>
      <td data-label={columns.age} class="number age">
        {at === null ? texts.pipeline.never : formatAge(now.value - at)}
      </td>
      <td data-label={columns.normal} class="normal">
        {normal}
      </td>
    </tr>
  );
}
