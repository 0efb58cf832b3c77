// The disk of one service runs full under load, twice: it says so in time, acknowledges nothing that it cannot write, and goes on
// by itself when there is room; and where it is killed and started meanwhile, nothing is missing either.

import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceName } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import { EXIT } from '#runtime/start-error.ts';
import { until } from '../support/processes.ts';
import { type SmallDisk, whyNoSmallDisk } from '../support/small-disk.ts';
import { PROFILE, randomFor, SEED } from './profile.ts';
import { type Rig, startRig } from './rig.ts';
import { report, told } from './settle.ts';

const DISK_BYTES = 64 * 1024 * 1024;
/** Over the 85 % from which it is to be said. */
const NEARLY_FULL = 0.9;
const IS_NEARLY_FULL = /the disk of [^ ]+ is \d+ % full/;
const IS_FULL = /disk (?:of [^ ]+ )?is full/;
const SERVICES: readonly ServiceName[] = ['broker', 'ingest', 'rules', 'writer', 'historian'];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const NO_SMALL_DISK = whyNoSmallDisk();

type Full = { readonly rig: Rig; readonly disk: SmallDisk; readonly service: ServiceName };

describe.skipIf(NO_SMALL_DISK)(`a full disk (seed ${SEED})${NO_SMALL_DISK ? `: ${NO_SMALL_DISK}` : ''}`, () => {
  let rig: Rig | undefined;
  afterEach(() => rig?.[Symbol.asyncDispose]());

  it.each(SERVICES)('%s: it says so, waits, and goes on by itself, also killed meanwhile', async (service) => {
    rig = await startRig(randomFor(`full disk of ${service}`), { smallDisk: { service, bytes: DISK_BYTES } });
    const { disk } = rig.pipeline;
    if (disk === undefined) throw new Error('there is no small disk');
    const full = { rig, disk, service };
    await told(
      rig.pipeline,
      (async () => {
        await isNearlyFull(full);
        await isFull(full);
        await isFullWhenKilled(full);
      })(),
    );
    report(`disk of ${service} full twice`, await rig.settle());
  });
});

async function isNearlyFull({ rig, disk, service }: Full): Promise<void> {
  const client = await rig.pipeline.client();
  let said = '';
  client.on('message', (_topic, payload) => (said = payload.toString()));
  await client.subscribeAsync(topics.service(service, service), { qos: 1 });
  disk.fill(DISK_BYTES * (1 - NEARLY_FULL));
  await until('its status to say so, of which rules makes an alarm', () => IS_NEARLY_FULL.test(said) || undefined);
  expect(await rig.pipeline.metric(service, `penstock_${service}_disk_used_ratio`)).toBeGreaterThan(0.85);
  await flows(rig);
}

async function isFull({ rig, disk, service }: Full): Promise<void> {
  disk.fill(0);
  await says(rig, service, IS_FULL);
  const { acked } = rig.load;
  await pause(PROFILE.fullDiskMs);
  // Only the broker owes devices their acknowledgements; behind it, what the others do not take waits in its queues.
  if (service === 'broker') expect(rig.load.acked).toBe(acked);
  disk.empty();
  await rig.pipeline.ready(service);
  await flows(rig);
}

/** Started where it cannot work, it waits and says why, or ends so that its supervisor starts it again. */
async function isFullWhenKilled({ rig, disk, service }: Full): Promise<void> {
  const { pipeline } = rig;
  disk.fill(0);
  await says(rig, service, IS_FULL);
  await pipeline.processes.get(service)?.kill();
  disk.fill(0);
  pipeline.launch(service);
  const running = pipeline.processes.get(service);
  const hasEnded = () => typeof running?.child.exitCode === 'number' && IS_FULL.test(running.output());
  await until('it to wait or to end', async () => hasEnded() || isSaid(rig, service, IS_FULL), 30_000);
  disk.empty();
  if (!hasEnded()) return pipeline.ready(service);
  expect(running?.child.exitCode).not.toBe(EXIT.config);
  await pipeline.restart(service);
}

async function flows({ load }: Rig): Promise<void> {
  const { acked } = load;
  await until('messages to flow', () => load.acked > acked + PROFILE.rate || undefined, PROFILE.settleMsMax);
}

function says(rig: Rig, service: ServiceName, words: RegExp): Promise<true> {
  return until(`${service} to say ${words}`, () => isSaid(rig, service, words));
}

async function isSaid({ pipeline }: Rig, service: ServiceName, words: RegExp): Promise<true | undefined> {
  const answer = await fetch(`http://127.0.0.1:${pipeline.metricsPort(service)}/readyz`);
  return words.test(await answer.text()) || undefined;
}
