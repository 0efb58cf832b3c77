// The plant of the faults: one hall, devices d0, d1 and so on, one rule on their value.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { HIGH, Ledger } from './ledger.ts';

export const PLACE = { site: 'lyon', area: 'hall', metric: 'value' } as const;

/** Without delays: its journal depends on the values and on nothing else, not on when they come. */
export const HIGH_RULE = {
  id: 'high',
  inputs: { v: PLACE.metric },
  condition: { '>': [{ var: 'v' }, HIGH / 2] },
  ackRequired: false,
} as const;

export function writeRules(folder: string): void {
  writeFileSync(path.join(folder, `${HIGH_RULE.id}.json`), JSON.stringify(HIGH_RULE));
}

export const topicOf = (device: number) => `plant/v1/${PLACE.site}/${PLACE.area}/d${device}/tele`;

const READING = /^reading,\S*device=(d\d+),\S* value=(\d+)/;

/** Which message a line of line protocol was; undefined where it is none of a device. */
export function messageOfLine(line: string): { readonly device: string; readonly n: number } | undefined {
  const [, device, value] = READING.exec(line) ?? [];
  return device === undefined ? undefined : { device, n: Ledger.numberOf(Number(value)) };
}

/** `d3 49`: which message a rejection is of, be it what a device sent, or a line that the store refused. */
export function messageOf(topic: string, payload: string): string | undefined {
  const [, sender] = /\/(d\d+)\/tele$/.exec(topic) ?? [];
  const [, number] = /"n":(\d+),/.exec(payload) ?? [];
  const { device, n } = messageOfLine(payload) ?? { device: sender, n: number };
  return device === undefined || n === undefined ? undefined : `${device} ${n}`;
}
