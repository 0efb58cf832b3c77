// Which of what is kept somebody asks for: by service, reason, device, topic, time, or by the group it belongs to.

import { decodeLine } from '#domain/line-protocol.ts';
import type { RejectReason } from '#domain/rejected.ts';
import { matchesFilter, parseTopic } from '#domain/topic.ts';
import { groupIdOf } from './group-rejected.ts';
import type { RejectingService } from './layout.ts';
import { type KeptRejection, readRejected } from './read-rejected.ts';

export type Selection = {
  /** undefined: any. */
  readonly service: RejectingService | undefined;
  /** Empty: any. */
  readonly reasons: readonly RejectReason[];
  /** `site/area/device`. */
  readonly device: string | undefined;
  /** An MQTT filter. */
  readonly topic: string | undefined;
  /** ms since the epoch, this moment included. */
  readonly since: number | undefined;
  /** ms since the epoch, this moment left out. */
  readonly until: number | undefined;
  /** Id of a group, see group-rejected.ts. */
  readonly group: string | undefined;
};

export const ALL_REJECTED: Selection = {
  ...{ service: undefined, reasons: [], device: undefined, topic: undefined },
  ...{ since: undefined, until: undefined, group: undefined },
};

export function isWhole({ reasons, ...others }: Selection): boolean {
  return reasons.length === 0 && Object.values(others).every((each) => each === undefined);
}

/** The services whose logs are to be read for it; all where undefined. */
export function servicesOf({ service }: Selection): { readonly services?: readonly RejectingService[] } {
  return service === undefined ? {} : { services: [service] };
}

/** Those of a data folder that are selected; each must be used or copied before the next is asked for. */
export async function* selectedRejected(dataDir: string, selection: Selection): AsyncIterable<KeptRejection> {
  for await (const rejection of readRejected(dataDir, servicesOf(selection)))
    if (isSelected(rejection, selection)) yield rejection;
}

export function isSelected(rejection: KeptRejection, selection: Selection): boolean {
  const { service, reasons, device, topic, since, until, group } = selection;
  const { receivedAt, refusals } = rejection;
  if (service !== undefined && rejection.service !== service) return false;
  if (since !== undefined && receivedAt < since) return false;
  if (until !== undefined && receivedAt >= until) return false;
  if (reasons.length > 0 && !refusals.some(({ reason }) => reasons.includes(reason))) return false;
  if (topic !== undefined && !matchesFilter(topic, rejection.topic)) return false;
  if (device !== undefined && deviceOf(rejection) !== device) return false;
  if (group === undefined) return true;
  const who = { topic: rejection.topic, device: deviceOf(rejection) };
  return refusals.some((refusal) => groupIdOf(refusal, who) === group);
}

/** `site/area/device`; undefined where neither topic nor line says it, as of foreign devices. */
export function deviceOf({ topic, payload }: Pick<KeptRejection, 'topic' | 'payload'>): string | undefined {
  const parsed = parseTopic(topic);
  if (parsed?.kind === 'device') return `${parsed.site}/${parsed.area}/${parsed.device}`;
  if (parsed?.kind !== 'points') return undefined;
  const line = decodeLine(Buffer.from(payload).toString());
  if (typeof line === 'string') return undefined;
  const tags = new Map(line.tags);
  return [tags.get('site'), tags.get('area'), tags.get('device')].join('/');
}
