// The power goes at random moments of the historian's lives, in which it seals again and again: the store opens without repair,
// holds every acknowledged sample in its newest value and none that nobody sent, and what was deleted stays deleted.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestEngine } from '../../../services/historian/engine/testing.ts';
import { freePorts, tempFolder } from '../../support/processes.ts';
import { NO_STRACE, type Recording } from '../../support/recorded-disk/record.ts';
import { isLong, randomFor, SEED } from '../profile.ts';
import { CUTS, cutOften, report } from './cut-often.ts';
import {
  Asker,
  askFor,
  CREATE_DATABASE,
  keyOf,
  POLICY,
  policyName,
  type State,
  stateAfter,
  textOf,
  type Wish,
  wishesOf,
} from './historian-life.ts';
import { recordService } from './record-service.ts';

const LIVES = ['killed', 'killed', 'stopped'] as const;
/** Of each writer, over all lives. */
const WISHES = isLong ? 400 : 80;
const MEMORY = { PENSTOCK_HISTORIAN_MEMORY_BYTES: '4000000' };

/** Where a file is lost, thousands of samples are. */
const PROBLEMS_MAX = 5;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Writer = { readonly measurement: string; readonly wishes: readonly Wish[]; readonly asker: Asker };

describe.skipIf(NO_STRACE)(`the power of the historian goes (seed ${SEED})${NO_STRACE ? `: ${NO_STRACE}` : ''}`, () => {
  let temp: ReturnType<typeof tempFolder> | undefined;
  afterAll(() => temp?.[Symbol.dispose]());
  let scratch = '';
  let recording: Recording;
  let writers: readonly Writer[] = [];
  const examine = (folder: string, said: ReadonlyMap<string, Buffer>) => examineStore(folder, said, writers);
  const cut = (name: string, withoutSync: (name: string) => boolean = () => false) =>
    cutOften({ name, scratch, recording, examine, withoutSync });

  beforeAll(async () => {
    temp = tempFolder();
    scratch = temp.path;
    const data = path.join(scratch, 'data');
    mkdirSync(data);
    const [port = 0] = await freePorts(1);
    const env = { PENSTOCK_HISTORIAN_PORT: String(port), ...MEMORY };
    writers = Array.from({ length: 3 }, (_, i) => ({
      measurement: `m${i}`,
      wishes: wishesOf(randomFor(`historian writer ${i}`), WISHES),
      asker: new Asker(port),
    }));
    recording = await recordService({ service: 'historian', data, scratch, env }, async (historian) => {
      using admin = new Asker(port);
      await admin.ask(0, CREATE_DATABASE);
      let done = 0;
      const writing = Promise.all(writers.map((writer) => haveWishes(writer, () => done++)));
      for (const [life, end] of LIVES.entries()) {
        const until = ((life + 1) * WISHES * writers.length) / (LIVES.length + 1);
        while (done < until) await Promise.race([pause(5), writing]);
        await historian.again(end);
      }
      await writing;
    });
    for (const { asker } of writers) asker[Symbol.dispose]();
  });

  it.each([0, 1])(`${CUTS} times, %s: nothing acknowledged is lost, nothing deleted is back`, async (part) => {
    const { acked, problems } = await cut(`historian ${part}`);
    expect(problems).toEqual([]);
    expect(acked).toBeGreaterThan(CUTS);
    report('historian', recording, acked);
  });

  it.each<[what: string, withoutSync: (name: string) => boolean]>([
    ['the log is', (file) => path.basename(path.dirname(file)) === 'log'],
    ['chunk files are', (file) => path.basename(path.dirname(file)).startsWith('policy-')],
    ['the catalogue is', (file) => path.basename(file).startsWith('catalogue.db')],
    ['folders are', (file) => path.extname(file) === ''],
  ])('it would be noticed if %s not synced', async (_, withoutSync) => {
    expect((await cut('historian', withoutSync)).problems.length).toBeGreaterThan(0);
  });
});

async function haveWishes({ measurement, wishes, asker }: Writer, onDone: () => void): Promise<void> {
  for (const [i, wish] of wishes.entries()) {
    const asked = askFor(wish, measurement);
    for (;;) {
      const status = await asker.ask(i, asked);
      if (status !== undefined && status < 300) break;
      await pause(20);
    }
    onDone();
  }
}

async function examineStore(folder: string, said: ReadonlyMap<string, Buffer>, writers: readonly Writer[]) {
  const problems: string[] = [];
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => {});
  const opening = TestEngine.open(path.join(folder, 'historian'), { onFatal: fatal.reject });
  await using store = await Promise.race([opening, fatal.promise]);
  await Promise.race([store.engine.sweep(), fatal.promise]);
  let acked = 0;
  const look = (when: string) => {
    for (const { measurement, wishes, asker } of writers) {
      const done = Math.max(-1, ...asker.answered(said)) + 1;
      acked += done;
      // What comes next may have been under way.
      const states = [stateAfter(wishes.slice(0, done)), stateAfter(wishes.slice(0, done + 1))];
      problems.push(...differences(store, { measurement, wishes, states }).map((each) => `${when}, ${each}`));
    }
  };
  look('opened');
  await Promise.race([store.engine.seal(), fatal.promise]);
  look('sealed');
  return { acked: acked / 2, problems: problems.slice(0, PROBLEMS_MAX) };
}

type Known = Pick<Writer, 'measurement' | 'wishes'> & { readonly states: readonly State[] };

function differences(store: TestEngine, { measurement, wishes, states }: Known): string[] {
  const problems: string[] = [];
  const found = new Map<string, number>();
  const policies = wishes.flatMap((wish) => (wish.kind === 'create policy' ? [wish.policy] : []));
  for (const name of [POLICY, ...policies]) {
    const where = { measurement, policy: policyName(name, measurement) };
    const texts = new Map(store.samples('t', where));
    for (const [us, value] of store.samples('v', where)) {
      const key = keyOf({ policy: name, us });
      if (found.has(key)) problems.push(`twice: ${measurement} ${key}`);
      found.set(key, Number(value));
      if (texts.get(us) !== textOf(Number(value))) problems.push(`another text: ${measurement} ${key}`);
    }
  }
  for (const key of new Set([...found.keys(), ...states.flatMap((state) => [...state.keys()])])) {
    const is = found.get(key);
    const may = states.map((state) => state.get(key));
    if (!may.includes(is)) problems.push(`${measurement} ${key} is ${is}, not ${may.join(' or ')}`);
  }
  return problems;
}
