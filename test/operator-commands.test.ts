// A command that a person sends, around real processes: over HTTP or MQTT, to a device that answers, is away, or answers while
// the rules service is dead; told on the way, shown done by what the device measures, and on record in the store.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandEnvelope, ReplyStatus } from '#domain/command.ts';
import type { CommandLife, CommandOperation, DeviceCommands } from '#domain/command-life.ts';
import type { DeviceView } from '#domain/device.ts';
import type { Rejected } from '#domain/rejected.ts';
import { type DeviceName, topics } from '#domain/topic.ts';
import { hashPassword } from '#runtime/access/password-hash.ts';
import { writePrivateFile } from '#runtime/access/private-file.ts';
import { PAGE_HEADER } from '../services/console/api/http.ts';
import { type Pipeline, startPipeline } from './support/pipeline.ts';
import { until } from './support/processes.ts';

const VALVE: DeviceName = { site: 'lyon', area: 'cellar', device: 'v1' };
const ADDRESS = '/api/devices/lyon/cellar/v1/commands';
const PASSWORD = 'a password of this test';

function writeRules(folder: string): void {
  const write = (file: string, content: object) => writeFileSync(path.join(folder, file), JSON.stringify(content));
  write('models/valve.model.json', {
    model: 'valve',
    metrics: { position: { unit: '%', interval: '1s' } },
    commands: {
      'valve.set': {
        args: { position: { unit: '%', min: 0, max: 100 } },
        interlocks: [{ state: 'maintenance', is: true, because: 'people are in the pit' }],
        verify: { metric: 'position', equals: { arg: 'position' }, tolerance: 1, within: '30s' },
      },
    },
  });
  write('devices/cellar.json', { site: 'lyon', area: 'cellar', devices: { v1: { model: 'valve' } } });
}

/** A valve at the broker. It moves once for each order, and answers a repeat with what it answered last. */
class ScriptedValve {
  /** Orders it has carried out, in order. */
  readonly moves: string[] = [];
  /** Every command that has come, repeats too. */
  readonly heard: string[] = [];
  /** It carries out what comes, and says nothing of it until it is let. */
  isMute = false;
  readonly #client: MqttClient;
  readonly #answers = new Map<string, ReplyStatus>();

  constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (_, payload) => this.#take(JSON.parse(payload.toString()) as CommandEnvelope));
  }

  async say(online: boolean): Promise<void> {
    const status = JSON.stringify({ s: online ? 'online' : 'offline' });
    await this.#client.publishAsync(topics.device(VALVE, 'status'), status, { qos: 1, retain: true });
  }

  /** Says what it has kept for itself. */
  speak(): void {
    this.isMute = false;
    for (const [cid, status] of this.#answers) this.#answer(cid, status);
  }

  #take({ cid, args }: CommandEnvelope): void {
    this.heard.push(cid);
    if (this.#answers.has(cid)) {
      if (!this.isMute) this.#answer(cid, this.#answers.get(cid) ?? 'FAILED');
      return;
    }
    this.moves.push(cid);
    this.#answers.set(cid, 'SUCCEEDED');
    if (this.isMute) return;
    this.#answer(cid, 'ACCEPTED');
    const position = JSON.stringify({ position: args.position });
    this.#client.publish(topics.device(VALVE, 'tele'), position, { qos: 1 });
    this.#answer(cid, 'SUCCEEDED');
  }

  #answer(cid: string, status: ReplyStatus): void {
    const reply = JSON.stringify({ cid, status, ts: Date.now() });
    this.#client.publish(topics.device(VALVE, 'ack'), reply, { qos: 1 });
  }
}

let pipeline: Pipeline;
let valve: ScriptedValve;
let operator: MqttClient;
let headers: Record<string, string>;
let lives: readonly CommandLife[] = [];
let view: DeviceView | undefined;
const rejected: Rejected[] = [];

beforeAll(async () => {
  pipeline = await startPipeline({ rules: writeRules });
  const observer = await pipeline.client();
  observer.on('message', (topic, payload) => {
    if (topic.startsWith('rejected/')) rejected.push(JSON.parse(payload.toString()));
    else if (topic.startsWith('device/')) view = JSON.parse(payload.toString());
    else if (payload.length > 0) lives = (JSON.parse(payload.toString()) as DeviceCommands).commands;
  });
  await observer.subscribeAsync([topics.commandLives(VALVE), topics.registry(VALVE), 'rejected/v1/operation'], {
    qos: 1,
  });
  operator = await pipeline.client(pipeline.loginOf('ada'));
  const device = await pipeline.client();
  valve = new ScriptedValve(device);
  await device.subscribeAsync(topics.device(VALVE, 'cmd'), { qos: 1 });
  const root = await pipeline.client(pipeline.loginOf('root'));
  await root.publishAsync(topics.plantState('lyon', 'cellar', 'maintenance'), 'false', { qos: 1, retain: true });
  await valve.say(true);
  await addPeople();
  headers = await logIn('olaf');
  await until('the console to know the device', async () => {
    const { offers } = (await read()) as { offers?: { blocked: string | null }[] };
    return offers?.[0]?.blocked === null || undefined;
  });
}, 60_000);
afterAll(() => pipeline?.[Symbol.asyncDispose]());

async function addPeople(): Promise<void> {
  const people = { ada: { role: 'operator' }, root: { role: 'admin' } };
  const password = await hashPassword(PASSWORD);
  const users = { ...people, olaf: { role: 'operator', password }, vera: { role: 'viewer', password } };
  await writePrivateFile(path.join(pipeline.dataDir, 'access/users.json'), JSON.stringify({ users }));
}

async function logIn(user: string): Promise<Record<string, string>> {
  const page = { [PAGE_HEADER]: '1', 'content-type': 'application/json' };
  const cookie = await until(`${user} to be let in`, async () => {
    const body = JSON.stringify({ user, password: PASSWORD });
    const answer = await fetch(`${pipeline.consoleUrl}/api/login`, { method: 'POST', headers: page, body });
    return answer.ok ? answer.headers.get('set-cookie')?.split(';')[0] : undefined;
  });
  return { ...page, cookie };
}

const read = async (): Promise<unknown> => (await fetch(`${pipeline.consoleUrl}${ADDRESS}`, { headers })).json();

async function send(order: object, as = headers): Promise<{ status: number; body: { cid?: string; detail?: string } }> {
  const init = { method: 'POST', headers: as, body: JSON.stringify({ command: 'valve.set', ...order }) };
  const answer = await fetch(`${pipeline.consoleUrl}${ADDRESS}`, init);
  return { status: answer.status, body: (await answer.json()) as { cid?: string; detail?: string } };
}

/** Over MQTT, by an operator, without the console. */
async function publish(id: string, position: number): Promise<void> {
  const order: CommandOperation = {
    ...({ op: 'send' } as const),
    ...{ id, command: 'valve.set', args: { position }, by: 'ada', exp: Date.now() + 60_000 },
  };
  await operator.publishAsync(topics.commandOperation(VALVE), JSON.stringify(order), { qos: 1 });
}

/** What was told before is also heard before by the rules service: it takes all of it from one broker. */
const isOnline = (online: boolean) =>
  until(`the registry to have it ${online ? 'online' : 'offline'}`, () => view?.online === online || undefined);

const cidOf = (id: string) => `operator/lyon/cellar/v1/${id}`;
const lifeOf = (id: string) => lives.find(({ cid }) => cid === cidOf(id));
const becomes = (id: string, status: CommandLife['status']) =>
  until(
    `${id} to become ${status}, is ${lifeOf(id)?.status}`,
    () => (lifeOf(id)?.status === status ? lifeOf(id) : undefined),
    40_000,
  );

async function killRules(): Promise<void> {
  const running = pipeline.processes.get('rules');
  running?.child.kill('SIGKILL');
  await until('the rules service to be dead', () => running?.child.signalCode ?? undefined);
}

it('sent by the console lives to VERIFIED, is told on the way, and is on record', async () => {
  const answer = await send({ args: { position: 40 }, id: 'http', comment: 'as agreed' });
  expect([answer.status, answer.body.cid]).toEqual([202, cidOf('http')]);
  const life = await becomes('http', 'VERIFIED');
  expect(life).toMatchObject({ by: 'olaf', comment: 'as agreed', args: { position: 40 } });
  expect(life.steps[0]?.status).toBe('SENT');
  expect(valve.moves).toEqual([cidOf('http')]);
  await until('the console to show it', async () => {
    const { recent } = (await read()) as { recent: CommandLife[] };
    return recent[0]?.status === 'VERIFIED' || undefined;
  });
  const rows = await until('the journal', async () => {
    const found = await pipeline.query(
      `SELECT "status", "actor", "command", "args", "comment" FROM "plant"."raw"."command_event" WHERE "device" = 'v1'`,
    );
    return found.some(([, status]) => status === 'VERIFIED') ? found : undefined;
  });
  expect(rows.map(([, status]) => status)).toEqual(expect.arrayContaining(['SENT', 'VERIFIED']));
  expect(rows[0]?.slice(2)).toEqual(['olaf', 'valve.set', '{"position":40}', 'as agreed']);
}, 60_000);

it('published twice is carried out once', async () => {
  await publish('twice', 55);
  await publish('twice', 55);
  await becomes('twice', 'VERIFIED');
  await publish('twice', 55);
  await publish('after', 60); // orders of one client stay in order: when this one is done, the repeat has been judged
  await becomes('after', 'VERIFIED');
  expect(valve.moves.slice(-2)).toEqual([cidOf('twice'), cidOf('after')]);
  // On a slow machine one may be sent again for want of an answer; never for want of anything else.
  const sent = lifeOf('twice')?.steps.filter(({ status }) => status === 'SENT');
  expect(valve.heard.filter((cid) => cid === cidOf('twice'))).toHaveLength(sent?.length ?? 0);
}, 60_000);

it('that cannot be is refused in words, by the console or by the rules service, and moves nothing', async () => {
  const before = valve.heard.length;
  const vera = await logIn('vera');
  expect(await send({ args: { position: 40 } }, vera)).toMatchObject({ status: 403 });
  expect(await send({ args: { position: 140 } })).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/at most 100/) },
  });
  await publish('too-far', 140);
  const blocked = await becomes('too-far', 'BLOCKED');
  expect(blocked.steps[0]?.reason).toContain('at most 100 % may be sent');
  await operator.publishAsync('command-op/v1/lyon/cellar/v9', '{}', { qos: 1 });
  await until('the rejection', () => rejected.find(({ topic }) => topic.endsWith('/v9')));
  expect(valve.heard).toHaveLength(before);
}, 60_000);

it('waits for a device that is away, over the death of the rules service', async () => {
  await valve.say(false);
  await isOnline(false);
  await publish('away', 70);
  await becomes('away', 'QUEUED');
  const before = valve.heard.length;
  await killRules();
  await publish('away', 70);
  await pipeline.restart('rules');
  expect(valve.heard).toHaveLength(before);
  await valve.say(true);
  await becomes('away', 'VERIFIED');
  expect(valve.moves.filter((cid) => cid === cidOf('away'))).toHaveLength(1);
}, 90_000);

it('that was answered while the rules service was dead goes on, and is not carried out again', async () => {
  valve.isMute = true;
  await publish('mute', 80);
  await until('the valve to have it', () => valve.moves.includes(cidOf('mute')) || undefined);
  await killRules();
  valve.speak();
  await pipeline.restart('rules');
  await until(
    'the answer to be heard',
    () => lifeOf('mute')?.steps.some(({ status }) => status === 'SUCCEEDED') || undefined,
  );
  await publish('last', 20);
  await becomes('last', 'VERIFIED');
  expect(valve.moves.filter((cid) => cid === cidOf('mute'))).toHaveLength(1);
}, 90_000);
