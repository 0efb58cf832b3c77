// What the store holds of the devices and of their alarms, and what was kept of the rejected.

import { readRejected } from '#runtime/rejected-log/read-rejected.ts';
import type { Pipeline } from '../support/pipeline.ts';
import { transitionText } from './golden-journal.ts';
import { Ledger } from './ledger.ts';
import type { Findings } from './oracle.ts';
import { messageOf } from './plant.ts';
import { PROFILE } from './profile.ts';

export async function storedCount({ query }: Pipeline): Promise<number> {
  return Number((await query(`SELECT count("value") FROM "plant"."raw"."reading"`))[0]?.[1] ?? 0);
}

export async function readFindings({ query, dataDir }: Pipeline): Promise<Omit<Findings, 'disorder'>> {
  const devices = Array.from({ length: PROFILE.devices }, (_, device) => `d${device}`);
  const stored = new Map<string, number[]>();
  for (const device of devices) {
    const rows = await query(`SELECT "value" FROM "plant"."raw"."reading" WHERE "device" = '${device}'`);
    stored.set(
      device,
      rows.map(([, value]) => Ledger.numberOf(Number(value))),
    );
  }
  // What is wrong with a service is an alarm, too: here something is, and the undisturbed run knows nothing of it.
  const rows = await query(
    `SELECT "alarmId", "seq", "event", "state", "sampleTime" FROM "plant"."raw"."alarm_event" WHERE "rule" != 'service-problem'`,
  );
  const journal = rows.map(([, alarmId, seq, event, state, sampleTime]) =>
    transitionText({
      alarmId: String(alarmId),
      seq: Number(seq),
      event: String(event),
      state: String(state),
      sampleTime: Number(sampleTime),
    }),
  );
  return { stored, rejected: await readRejections(dataDir), journal };
}

async function readRejections(dataDir: string): Promise<Map<string, string>> {
  const rejected = new Map<string, string>();
  for await (const { topic, payload, refusals } of readRejected(dataDir)) {
    const which = messageOf(topic, Buffer.from(payload).toString());
    if (which !== undefined) rejected.set(which, refusals.map(({ message }) => message).join('; '));
  }
  return rejected;
}
