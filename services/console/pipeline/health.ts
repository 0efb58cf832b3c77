// How every service is: its own word, and how old its numbers are. Pure.

import { deviceOfStatus, type ServiceStatus } from '#domain/service.ts';
import type { HealthView, ServiceHealth } from '../api/pipeline.ts';
import type { Tellings } from './tellings.ts';

export type HealthParts = {
  readonly services: readonly ServiceStatus[];
  readonly tellings: Pick<Tellings, 'of'>;
  readonly broker: string | null;
  readonly now: number;
};

export function readHealth({ services, tellings, broker, now }: HealthParts): HealthView {
  const told = services.map((status): ServiceHealth => {
    const device = deviceOfStatus(status);
    const newest = tellings.of(device).at(-1)?.at;
    return { ...status, device, numbersAgeMs: newest === undefined ? null : Math.max(0, now - newest) };
  });
  const isWell = broker === null && told.every(({ status, problems = [] }) => status === 'up' && problems.length === 0);
  return { now, isWell, broker, services: told.sort((a, b) => (a.device < b.device ? -1 : 1)) };
}
