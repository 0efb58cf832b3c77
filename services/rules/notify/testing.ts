// For tests of notifications: a notice and a configuration with everything that a test does not care about.

import type { Notice } from '#rules/engine/inputs.ts';
import type { ChannelSettings } from '../channels/channels.ts';
import type { NotifyConfig, Route } from './notify-files.ts';
import { defaultRoute } from './notify-schema.ts';

export const NOON = Date.parse('2026-11-24T12:00:00Z');

export function noticeOf(given: Partial<Notice> = {}): Notice {
  return {
    event: 'ACTIVE',
    alarmId: 'tank-hot/lyon/tank-farm/T1/1',
    seq: 1,
    to: undefined,
    rule: 'tank-hot',
    name: 'Tank hot',
    site: 'lyon',
    area: 'tank-farm',
    instance: 'T1',
    priority: 'medium',
    state: 'UNACK',
    episode: 1,
    summary: 'T1 is at 83.1 °C',
    reason: 'temp 83.1 > 80',
    labels: { team: 'process' },
    annotations: {},
    rationalisation: { cause: 'Heater stuck on', response: 'Open the vent', timeToRespond: '10m' },
    actor: undefined,
    comment: undefined,
    activeSince: NOON,
    at: NOON,
    ...given,
  };
}

/** An alarm of its own for every name. */
export function alarmNamed(instance: string, given: Partial<Notice> = {}): Notice {
  return noticeOf({ instance, alarmId: `tank-hot/lyon/tank-farm/${instance}/1`, ...given });
}

type ConfigParts = {
  readonly receivers?: Readonly<Record<string, readonly ChannelSettings[]>>;
  readonly routes?: readonly (Partial<Route> & { readonly receiver: string })[];
  readonly perMinuteMax?: number;
};

/** Receivers `a` and `b` with a webhook each; one route that sends everything to `a` without a wait. */
export function configOf({ receivers, routes, perMinuteMax = 1_000 }: ConfigParts = {}): NotifyConfig {
  const hook = (name: string): ChannelSettings => ({
    type: 'webhook',
    url: `https://hooks.test/${name}`,
    headers: {},
    token: undefined,
  });
  const named = Object.entries(receivers ?? { a: [hook('a')], b: [hook('b')] });
  const addressed = named.map(
    ([name, channels]) => [name, channels.map((channel) => [`${name}/${channel.type}`, channel] as const)] as const,
  );
  return {
    policy: { allowedHosts: ['hooks.test'], allowPrivate: false, allowHttp: false },
    smtp: undefined,
    timeZone: 'UTC',
    perMinuteMax,
    addresses: new Map(addressed.flatMap(([, channels]) => channels)),
    receivers: new Map(addressed.map(([name, channels]) => [name, channels.map(([address]) => address)])),
    routes: (routes ?? [{ receiver: 'a' }]).map((route, i) => ({
      ...defaultRoute(route.receiver),
      ...{ groupWait: 0, groupInterval: 0, repeatInterval: 'never' as const },
      ...{ id: String(i), isOnDuty: () => true },
      ...route,
    })),
  };
}
