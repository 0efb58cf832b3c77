// A device as people ask for it: who may log in, and what ingest knows of it, under one name.

import { skewText } from '#domain/clock-skew.ts';
import type { DeviceView } from '#domain/device.ts';
import { formatMoment, formatSpan } from '#rules/backtest/format-time.ts';
import type { DeviceRow } from '#runtime/access/access-files.ts';
import type { Registry } from './read-registry.ts';

export type JoinedDevice = {
  /** `site/area/device`, or the plain name of a gateway. */
  readonly name: string;
  /** null: it has none of its own. */
  readonly login: DeviceRow | null;
  /** null: ingest knows nothing of it. */
  readonly view: DeviceView | null;
};

/** By name, tank-2 before tank-10. */
export function joinDevices(logins: ReadonlyMap<string, DeviceRow>, registry: Registry): JoinedDevice[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  const names = [...new Set([...logins.keys(), ...registry.keys()])].sort(compare);
  return names.map((name) => ({ name, login: logins.get(name) ?? null, view: registry.get(name) ?? null }));
}

export function loginText(login: DeviceRow | null): string {
  if (login === null) return 'none';
  return login.revoked ? 'revoked' : `token ${login.serial}`;
}

export function onlineText(view: DeviceView | null): string {
  if (view === null || view.online === null) return '';
  return view.online ? 'online' : 'offline';
}

export function clockText(view: DeviceView | null): string {
  return view === null || view.clockSkewMs === null ? '' : skewText(view.clockSkewMs);
}

/** `3 min ago`. */
export function agoText(at: number, now: number): string {
  return `${formatSpan(Math.max(0, now - at))} ago`;
}

/** Name and text of each thing that is known; without a newline at the end. */
export function deviceText({ name, login, view }: JoinedDevice, now: number): string {
  const moment = (at: number | null) => (at === null ? 'never' : `${formatMoment(at)} UTC, ${agoText(at, now)}`);
  const rows: (readonly [string, string])[] = [
    ['device', name],
    ['login', loginText(login)],
  ];
  if (view === null) rows.push(['seen', 'never: ingest knows nothing of it']);
  else {
    const {
      model,
      role,
      labels,
      firstSeen,
      lastSeen,
      messagesPerMinute,
      firmware,
      rssi,
      resetCause,
      contradictions,
      lastError,
    } = view;
    const tags = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
    rows.push(
      ['model', model ?? 'none'],
      ['role', role ?? 'none'],
      ['labels', tags.join(', ') || 'none'],
      ['state', onlineText(view) || 'it has not said whether it is there'],
      ['first seen', moment(firstSeen)],
      ['last seen', moment(lastSeen)],
      ['rate', messagesPerMinute === null ? 'not counted yet' : `${messagesPerMinute} messages a minute`],
      ['clock', clockText(view) || 'not known: it sends no time'],
      ['firmware', firmware ?? 'not said'],
      ...(rssi === null ? [] : [['radio', `${rssi} dBm when it came`] as const]),
      ...(resetCause === null ? [] : [['last start', resetCause] as const]),
      ...contradictions.map((sentence) => ['contradiction', sentence] as const),
      [
        'last error',
        lastError === null ? 'none' : `${lastError.reason}, ${moment(lastError.at)}: ${lastError.message}`,
      ],
    );
  }
  const width = Math.max(...rows.map(([key]) => key.length));
  return rows.map(([key, text]) => `${key.padEnd(width)}  ${text}`).join('\n');
}
