// The power goes at random moments of the writer's life while its store is away: whatever it had acknowledged is in its journal,
// byte for byte, and the journal opens without repair.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../services/writer/journal.ts';
import { freePorts, tempFolder } from '../../support/processes.ts';
import { NO_STRACE, type Recording } from '../../support/recorded-disk/record.ts';
import { SEED } from '../profile.ts';
import { CUTS, cutOften, report } from './cut-often.ts';
import { PointBroker } from './point-broker.ts';
import { recordService } from './record-service.ts';
import { ackedIds, saidPackets } from './said-packets.ts';

/** Half of them before it is killed, half after; so many under way at once. */
const MESSAGES = 400;
const BURST = 5;

const textOf = (n: number) => `reading,area=hall,device=d${n % 7},metric=value,site=lyon value=${n} ${n}`;

describe.skipIf(NO_STRACE)(`the power of the writer goes (seed ${SEED})${NO_STRACE ? `: ${NO_STRACE}` : ''}`, () => {
  let temp: ReturnType<typeof tempFolder> | undefined;
  afterAll(() => temp?.[Symbol.dispose]());
  let scratch = '';
  let recording: Recording;
  const cut = (withoutSync: (name: string) => boolean = () => false) =>
    cutOften({ name: 'writer', scratch, recording, examine, withoutSync });

  beforeAll(async () => {
    temp = tempFolder();
    scratch = temp.path;
    const data = path.join(scratch, 'data');
    mkdirSync(data);
    await using broker = await new PointBroker('penstock-writer-in').listen();
    const [nobody] = await freePorts(1);
    const env = { PENSTOCK_BROKER_URL: broker.url, PENSTOCK_STORE_URL: `http://127.0.0.1:${nobody}` };
    recording = await recordService({ service: 'writer', data, scratch, env }, async (writer) => {
      for (let n = 0; n < MESSAGES; n++) {
        broker.send({ topic: `points/v1/${n % 3}`, payload: textOf(n) });
        if (n % BURST === BURST - 1) await broker.settled();
        if (n === MESSAGES / 2) await writer.again('killed');
      }
      await broker.settled();
    });
  });

  it(`${CUTS} times: what was acknowledged is in the journal, which opens without repair`, async () => {
    const { acked, problems } = await cut();
    expect(problems).toEqual([]);
    expect(acked).toBeGreaterThan(CUTS);
    report('writer', recording, acked);
  });

  it.each<[what: string, withoutSync: (name: string) => boolean]>([
    ['the journal is', (file) => path.basename(path.dirname(file)) === 'journal'],
    ['folders are', (file) => path.extname(file) === '' && !/\d$/.test(file)],
  ])('it would be noticed if %s not synced', async (_, withoutSync) => {
    expect((await cut(withoutSync)).problems.length).toBeGreaterThan(0);
  });
});

async function examine(folder: string, said: ReadonlyMap<string, Buffer>) {
  const problems: string[] = [];
  const { journal } = await openJournal(path.join(folder, 'writer', 'journal'), {
    onDamage: (damage) => damage.kind === 'damaged' && problems.push(`damaged: ${JSON.stringify(damage)}`),
    onFatal: (error) => problems.push(`fatal: ${error}`),
  });
  await using _ = journal;
  const found = new Set<string>();
  for await (const { payload } of journal.entries(journal.start)) found.add(payload.toString());
  const acked = ackedIds(saidPackets(said).get('penstock-writer-in'));
  for (const id of acked) if (!found.has(textOf(id - 1))) problems.push(`missing: ${textOf(id - 1)}`);
  return { acked: acked.size, problems };
}
