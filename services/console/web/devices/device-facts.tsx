// What the registry knows of one device, and what it lacks.

import type { ComponentChildren } from 'preact';
import { skewText } from '#domain/clock-skew.ts';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import type { DeviceDetail } from '../../api/devices.ts';
import { StaleNote } from '../parts/stale-note.tsx';
import { now } from '../state/clock.ts';
import { devices, values } from '../state/live.ts';
import { usePoll } from '../state/poll.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment } from '../values/format.ts';
import { devicePath } from './device-path.ts';
import { type Trouble, troublesOf } from './trouble.ts';
import { conditionCounts, valuesOf } from './values-of.ts';

/** Gaps are told by ingest as they are found; nobody acts on one within seconds. */
const ASK_EVERY_MS = 5_000;
const GAPS_SHOWN = 5;
const LABELS_SHOWN = 20;

export function DeviceFacts({ name }: { readonly name: DeviceName }) {
  const device = devices.value.get(deviceKey(name));
  const { facts, columns, states, never, unknown, noTime, rate, noError, error } = texts.devices;
  if (device === undefined) return null;
  const at = now.value;
  const troubles = troublesOf(device, at);
  const of = (trouble: Trouble) => (troubles.includes(trouble) ? 'trouble' : '');
  const counts = conditionCounts(valuesOf(values.value.values(), name, { device, now: at }));
  const isCalm = counts.every(([condition]) => condition === 'GOOD');
  const labels = Object.entries(device.labels);
  const { lastSeen, firstSeen, messagesPerMinute, clockSkewMs, rssi, resetCause, lastError, contradictions } = device;
  return (
    <section
      class="panel"
      aria-labelledby="facts-heading"
      data-testid="device-facts"
      data-troubles={troubles.join(' ')}
    >
      <h3 id="facts-heading">{facts.heading}</h3>
      <dl class="facts">
        <Fact label={columns.state} kind={of('offline')}>
          {states[String(device.online) as 'true' | 'false' | 'null']}
        </Fact>
        <Fact label={columns.seen}>{lastSeen === null ? never : facts.ago(formatAge(at - lastSeen))}</Fact>
        <Fact label={facts.quality} kind={isCalm ? '' : 'trouble'}>
          {counts.length === 0
            ? facts.noValues
            : counts.map(([condition, count]) => `${count} ${texts.values.conditions[condition]}`).join(', ')}
        </Fact>
        <Fact label={columns.rate}>{messagesPerMinute === null ? unknown : rate(messagesPerMinute)}</Fact>
        <Fact label={columns.clock} kind={of('clock')}>
          {clockSkewMs === null ? noTime : skewText(clockSkewMs)}
        </Fact>
        <Fact label={columns.model}>{device.model ?? unknown}</Fact>
        <Fact label={facts.role}>{device.role ?? unknown}</Fact>
        <Fact label={columns.firmware}>{device.firmware ?? unknown}</Fact>
        <Fact label={columns.since}>{firstSeen === null ? never : formatMoment(firstSeen, at)}</Fact>
        {rssi !== null && <Fact label={facts.rssi}>{facts.dbm(rssi)}</Fact>}
        {resetCause !== null && <Fact label={facts.resetCause}>{resetCause}</Fact>}
        {labels.length > 0 && (
          <Fact label={facts.labels}>
            {labels
              .slice(0, LABELS_SHOWN)
              .map(([label, text]) => `${label} ${text}`)
              .join(', ')}
          </Fact>
        )}
        <Gaps name={name} />
        <Fact label={facts.contradictions} kind={of('contradiction')}>
          {contradictions.length === 0 ? facts.noContradictions : contradictions.join('; ')}
        </Fact>
        <Fact label={columns.error} kind={of('error')}>
          {lastError === null
            ? noError
            : `${error(lastError.reason, formatAge(at - lastError.at))} ${lastError.message}`}
        </Fact>
      </dl>
    </section>
  );
}

type FactProps = { readonly label: string; readonly kind?: string; readonly children: ComponentChildren };

function Fact({ label, kind = '', children }: FactProps) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd class={`clamp ${kind}`} dir="auto">
        {children}
      </dd>
    </div>
  );
}

function Gaps({ name }: { readonly name: DeviceName }) {
  const told = usePoll<DeviceDetail>(devicePath(name), ASK_EVERY_MS);
  const { shown, problem } = told;
  const { facts } = texts.devices;
  if (shown === null) return problem === null ? null : <Fact label={facts.gaps}>{problem.why}</Fact>;
  const { gaps } = shown;
  return (
    <div class="fact" data-testid="device-gaps">
      <dt>{facts.gaps}</dt>
      <dd class={gaps === null ? '' : 'trouble'}>
        {gaps === null ? facts.noGaps : <Missed gaps={gaps} />}
        <StaleNote of={told} />
      </dd>
    </div>
  );
}

function Missed({ gaps }: { readonly gaps: NonNullable<DeviceDetail['gaps']> }) {
  const { facts } = texts.devices;
  const newest = gaps.gaps.slice(-GAPS_SHOWN).reverse();
  const unlisted = gaps.missed - newest.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return (
    <>
      {facts.missed(gaps.missed)}
      <ul class="gaps">
        {newest.map(({ boot, from, to, since }) => (
          <li key={`${boot}/${from}`}>{facts.gap(from, to, boot, formatAge(now.value - since))}</li>
        ))}
        {unlisted > 0 && <li>{facts.unlisted(unlisted)}</li>}
      </ul>
    </>
  );
}
