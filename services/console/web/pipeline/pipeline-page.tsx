// The way of a point, and how it is going: what is wrong, the drawing, and the same in words.

import '../styles/pipeline.css';
import { useComputed } from '@preact/signals';
import { deviceOfStatus, isOfPipeline, SERVICES, type ServiceStatus } from '#domain/service.ts';
import { isOpen } from '../alarms/order.ts';
import { now } from '../state/clock.ts';
import { alarms, devices, link, plant, services } from '../state/live.ts';
import { texts } from '../texts.ts';
import { Drawing } from './drawing.tsx';
import { FaultList } from './fault-list.tsx';
import { findFaults } from './faults.ts';
import { NumberTable } from './number-table.tsx';
import { askProblem, told, useNumbers } from './numbers.ts';
import { readingsOf } from './reading.ts';
import { type ServiceLine, ServiceTable } from './service-table.tsx';
import { healthOf, SERVICE_AT, type Station } from './stations.ts';

export function PipelinePage() {
  useNumbers();
  const lines = useComputed(() => linesOf(services.value.values()));
  const readings = useComputed(() => {
    const statuses = new Map(lines.value.map(({ device, status }) => [device, status]));
    return told.value === null ? [] : readingsOf(told.value, { now: now.value, statuses });
  });
  const open = useComputed(() => [...alarms.value.values()].filter((alarm) => isOfPipeline(alarm) && isOpen(alarm)));
  const reach = { link: link.value, broker: plant.value.broker };
  const faults = findFaults({
    broker: reach.broker,
    lines: lines.value,
    readings: readings.value,
    everyMs: told.value?.everyMs ?? null,
    alarms: open.value,
    now: now.value,
  });
  const healthAt = (station: Station) => {
    const service = SERVICE_AT[station];
    return service && healthOf(service, services.value.values(), reach);
  };
  return (
    <div class="pipeline" data-testid="pipeline">
      <FaultList faults={faults} />
      <section class="panel" aria-labelledby="way-heading">
        <div class="panel-head">
          <h2 id="way-heading">{texts.pipeline.heading}</h2>
          <span class="hint">{texts.pipeline.told(told.value?.everyMs ?? null)}</span>
        </div>
        {askProblem.value !== null && (
          <p class="problem" role="alert">
            {texts.pipeline.notAsked(askProblem.value)}
          </p>
        )}
        <Drawing readings={readings.value} healthAt={healthAt} noteAt={noteAt} />
      </section>
      <ServiceTable lines={lines.value} reach={reach} />
      <NumberTable readings={readings.value} isTold={told.value !== null} />
    </div>
  );
}

/** In the order in which a point passes them. */
function linesOf(statuses: Iterable<ServiceStatus>): ServiceLine[] {
  const order: readonly string[] = SERVICES;
  return [...statuses]
    .map((status): ServiceLine => {
      const device = deviceOfStatus(status);
      const times = (told.value?.numbers ?? []).filter((each) => each.device === device).map(newestOf);
      return { status, device, toldAt: times.length === 0 ? null : Math.max(...times) };
    })
    .sort(
      (a, b) => order.indexOf(a.status.service) - order.indexOf(b.status.service) || a.device.localeCompare(b.device),
    );
}

function newestOf({ told }: { readonly told: readonly (readonly [at: number, value: number | null])[] }): number {
  return told.at(-1)?.[0] ?? 0;
}

function noteAt(station: Station): string {
  const { notes } = texts.pipeline;
  switch (station) {
    case 'devices': {
      const all = [...devices.value.values()];
      return notes.devices(all.filter(({ online }) => online !== false).length, all.length);
    }
    case 'alarms':
      return notes.alarms([...alarms.value.values()].filter(isOpen).length);
    case 'rejected':
      return notes.rejected;
    default:
      return notes.points;
  }
}
