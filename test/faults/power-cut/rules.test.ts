// The power goes at random moments of the rules service's life: the real process, recorded (test/support/recorded-disk), and
// then its own code on what a disk may hold. It opens without repair, and with what the broker sends again because it was not
// acknowledged, the journal is that of a run that nothing disturbed: none missing, none invented.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLine } from '#domain/line-protocol.ts';
import { tempFolder } from '../../support/processes.ts';
import { NO_STRACE } from '../../support/recorded-disk/record.ts';
import { goldenJournal, type Transition, transitionText } from '../golden-journal.ts';
import { HIGH, type Message } from '../ledger.ts';
import { HIGH_RULE, PLACE } from '../plant.ts';
import { SEED } from '../profile.ts';
import { CUTS, cutOften, report } from './cut-often.ts';
import { openNextRules } from './next-rules.ts';
import { type RecordedLife, recordLife, SCENES, type Sent } from './rules-life.ts';
import { ackedIds, saidPackets } from './said-packets.ts';

/** Points after the last that was acknowledged: what was under way comes again, and a little more. */
const MORE = 8;

describe.skipIf(NO_STRACE)(`the power of rules goes (seed ${SEED})${NO_STRACE ? `: ${NO_STRACE}` : ''}`, () => {
  describe.each(Object.entries(SCENES))('%s', (name, { live, isWitness }) => {
    let temp: ReturnType<typeof tempFolder> | undefined;
    afterAll(() => temp?.[Symbol.dispose]());
    let scratch = '';
    let life: RecordedLife;
    const cut = (withoutSync?: (name: string) => boolean) =>
      cutOften({
        ...{ name: `rules, ${name}`, scratch, recording: life.recording },
        ...(withoutSync === undefined ? {} : { withoutSync }),
        examine: (folder, said) => examine(life, folder, said),
      });

    beforeAll(async () => {
      temp = tempFolder();
      scratch = temp.path;
      life = await recordLife(scratch, live);
    });

    it(`${CUTS} times: what was acknowledged is decided, once, and it opens without repair`, async () => {
      const { acked, problems } = await cut();
      expect(problems).toEqual([]);
      expect(acked).toBeGreaterThan(CUTS);
      report(`rules, ${name}`, life.recording, acked);
    });

    if (isWitness !== true) return;
    it.each<[what: string, withoutSync: (name: string) => boolean]>([
      ['the write-ahead log is', (file) => file.endsWith('-wal')],
      ['the database is', (file) => file.endsWith('.db')],
      ['folders are', (file) => path.extname(file) === ''],
    ])('it would be noticed if %s not synced', async (_, withoutSync) => {
      expect((await cut(withoutSync)).problems.length).toBeGreaterThan(0);
    });
  });
});

/** Opens the folder and goes on: with what was not acknowledged, and some more. */
async function examine(
  { sent, rulesDir }: RecordedLife,
  folder: string,
  said: ReadonlyMap<string, Buffer>,
): Promise<{ acked: number; problems: string[] }> {
  const packets = saidPackets(said);
  const acked = ackedIds(packets.get('penstock-rules-in'));
  const published = (packets.get('penstock-rules') ?? []).flatMap((each) => (each.cmd === 'publish' ? [each] : []));
  const known = sent.slice(0, Math.max(0, ...acked) + MORE);
  const points = [...known, ...probesAfter(known)];
  await using next = openNextRules(folder, rulesDir, () => (points.at(-1)?.ts ?? 0) + 1_000);
  await next.take(points.filter((_, i) => !acked.has(i + 1)));
  const journal = new Set([...published, ...next.bus.sent].flatMap(transitionOf));
  const golden = new Set(goldenJournal([HIGH_RULE], PLACE, byDevice(points)));
  const problems = [...golden.difference(journal)].map((each) => `missing: ${each}`);
  problems.push(...[...journal.difference(golden)].map((each) => `invented: ${each}`));
  return { acked: acked.size, problems };
}

/** Each device is low and high once more: what comes of it depends on all that it has been. */
function probesAfter(sent: readonly Sent[]): Sent[] {
  const last = sent.at(-1)?.ts ?? 0;
  const devices = [...new Set(sent.map(({ device }) => device))];
  return [0, HIGH].flatMap((value, i) =>
    devices.map((device, n) => ({ device, value, ts: last + 1 + i * devices.length + n })),
  );
}

function transitionOf({ topic, payload }: { readonly topic: string; readonly payload: string | Buffer }): string[] {
  if (!topic.startsWith('journal/')) return [];
  const line = decodeLine(payload.toString());
  if (typeof line === 'string') throw new Error(line);
  const found = new Map<string, unknown>([
    ...line.tags,
    ...line.fields.map(([key, { value }]) => [key, value] as const),
  ]);
  const [alarmId, event, state] = ['alarmId', 'event', 'state'].map((key) => String(found.get(key)));
  const [seq, sampleTime] = ['seq', 'sampleTime'].map((key) => Number(found.get(key)));
  return [transitionText({ alarmId, event, state, seq, sampleTime } as Transition)];
}

function byDevice(sent: readonly Sent[]): Message[][] {
  const messages: Message[][] = Array.from({ length: Math.max(-1, ...sent.map(({ device }) => device)) + 1 }, () => []);
  for (const { device, ts, value } of sent) messages[device]?.push({ ts, value, ackedAt: undefined });
  return messages;
}
