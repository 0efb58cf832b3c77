// The devices of a branch that the registry knows, those with some trouble first. Grey where all is well; what is not is said in words.

import { useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { skewText } from '#domain/clock-skew.ts';
import type { DeviceView } from '#domain/device.ts';
import { deviceKey } from '#domain/topic.ts';
import { MoreButton } from '../parts/more-button.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { now } from '../state/clock.ts';
import { devices } from '../state/live.ts';
import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment } from '../values/format.ts';
import { type Branch, branchKey, isWithin } from './branch.ts';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { type DeviceRow, REDRAW_MS, ROWS_MAX, rankDevices } from './trouble.ts';

const SHOWN_FIRST = 25;

export function DeviceTable({ branch }: { readonly branch: Branch }) {
  const search = useSignal('');
  const isWhole = useSignal(false);
  const at = useComputed(() => Math.floor(now.value / REDRAW_MS) * REDRAW_MS);
  const count = useComputed(() => devices.value.size);
  const key = branchKey(branch);
  void count.value; // a device that comes is drawn at once
  void at.value;
  const ranked = useMemo(
    () =>
      rankDevices(
        Array.from(devices.peek().values()).filter((device) => isWithin(device, branch)),
        search.value,
        now.peek(),
      ),
    [key, search.value, count.value, at.value],
  );
  const { rows, hidden, troubled } = ranked;
  const { heading, filter, filterHint, empty, noMatch, beyond } = texts.devices;
  const shown = isWhole.value ? rows : rows.slice(0, SHOWN_FIRST);
  return (
    <section class="panel devices" aria-labelledby="devices-heading">
      <Breadcrumbs branch={branch} />
      <div class="panel-head">
        <h2 id="devices-heading">{branch.length === 0 ? heading : <bdi>{branch.at(-1)}</bdi>}</h2>
        <span class="hint" data-testid="devices-troubled">
          {count.value > 0 && texts.devices.troubled(troubled, rows.length + hidden)}
        </span>
        <SearchField label={filter} hint={filterHint} search={search} testId="device-search" />
      </div>
      {rows.length === 0 ? <p class="empty">{count.value === 0 ? empty : noMatch}</p> : <Table rows={shown} />}
      <MoreButton hidden={rows.length - shown.length} isWhole={isWhole} />
      {hidden > 0 && <p class="hint">{beyond(hidden, ROWS_MAX)}</p>}
    </section>
  );
}

function Table({ rows }: { readonly rows: readonly DeviceRow[] }) {
  const { columns } = texts.devices;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{columns.device}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col" class="number">
            {columns.seen}
          </th>
          <th scope="col" class="number">
            {columns.rate}
          </th>
          <th scope="col">{columns.clock}</th>
          <th scope="col">{columns.model}</th>
          <th scope="col">{columns.firmware}</th>
          <th scope="col">{columns.since}</th>
          <th scope="col">{columns.error}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={deviceKey(row.device)} row={row} at={now.peek()} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, at }: { readonly row: DeviceRow; readonly at: number }) {
  const { device, troubles } = row;
  const { site, area, lastSeen, firstSeen, messagesPerMinute, clockSkewMs, model, firmware } = device;
  const { columns, states, never, unknown, noTime, rate } = texts.devices;
  const of = (trouble: (typeof troubles)[number]) => (troubles.includes(trouble) ? 'trouble' : 'calm');
  return (
    <tr data-testid="device-row" data-device={deviceKey(device)} data-troubles={troubles.join(' ')}>
      <th scope="row" class="name">
        <a href={hrefOf('devices', [site, area, device.device])}>
          <bdi>{device.device}</bdi>
        </a>{' '}
        <bdi class="hint">
          {site} / {area}
        </bdi>
      </th>
      <td data-label={columns.state} class={`words ${of('offline')}`}>
        {states[String(device.online) as 'true' | 'false' | 'null']}
      </td>
      <td data-label={columns.seen} class="number">
        {lastSeen === null ? never : formatAge(at - lastSeen)}
      </td>
      <td data-label={columns.rate} class={`number calm ${noneIf(messagesPerMinute)}`}>
        {messagesPerMinute === null ? unknown : rate(messagesPerMinute)}
      </td>
      <td data-label={columns.clock} class={`words ${of('clock')} ${noneIf(clockSkewMs)}`}>
        {clockSkewMs === null ? noTime : skewText(clockSkewMs)}
      </td>
      <td data-label={columns.model} class={`model calm ${noneIf(model)}`}>
        <bdi>{model ?? unknown}</bdi>
      </td>
      <td data-label={columns.firmware} class={`firmware calm ${noneIf(firmware)}`}>
        <bdi class="clamp">{firmware ?? unknown}</bdi>
      </td>
      <td data-label={columns.since} class={`words calm ${noneIf(firstSeen)}`}>
        {firstSeen === null ? never : formatMoment(firstSeen, at)}
      </td>
      <td
        data-label={columns.error}
        class={`error ${of('error')} ${noneIf(device.lastError ?? device.contradictions[0])}`}
      >
        <Contradictions device={device} />
        <LastError device={device} at={at} />
      </td>
    </tr>
  );
}

function noneIf(value: unknown): string {
  return value === null || value === undefined ? 'none' : '';
}

function Contradictions({ device: { contradictions } }: { readonly device: DeviceView }) {
  if (contradictions.length === 0) return null;
  return (
    <p class="trouble clamp" dir="auto">
      {texts.devices.contradicts}: {contradictions.join('; ')}
    </p>
  );
}

function LastError({ device, at }: { readonly device: DeviceView; readonly at: number }) {
  const { lastError, contradictions } = device;
  if (lastError === null) return contradictions.length === 0 ? <span>{texts.devices.noError}</span> : null;
  return (
    <p class="clamp" dir="auto">
      {texts.devices.error(lastError.reason, formatAge(at - lastError.at))} {lastError.message}
    </p>
  );
}
