// What may be said of a service now: its status is a message of the broker, and old once the broker is out of reach.

import type { ServiceStatus } from '#domain/service.ts';

export type ShownStatus = ServiceStatus['status'] | 'unknown';

export type Reach = {
  /** Between page and console. */
  readonly link: 'connecting' | 'live' | 'lost';
  /** What is wrong between console and broker; null while it works. */
  readonly broker: string | null;
};

export function shownStatus({ status }: ServiceStatus, { link, broker }: Reach): ShownStatus {
  return link === 'live' && broker === null ? status : 'unknown';
}
