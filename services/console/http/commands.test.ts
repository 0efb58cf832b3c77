// Commands of people over HTTP: what is offered, what goes out, what is refused before it does, and how lives reach a page.

import { describe, expect, test } from 'vitest';
import { ROLES } from '#domain/alarm.ts';
import type { CommandLife } from '#domain/command-life.ts';
import { type DeviceName, topics } from '#domain/topic.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { readSignature } from '#runtime/signed-operation.ts';
import { delivered, OPERATIONS_KEY, openTestConsole, PAGE, START, sampleDevice, TestAccess } from '../testing.ts';

const VALVE: DeviceName = { site: 'lyon', area: 'tank-farm', device: 'T1-inlet' };
const URL = '/api/devices/lyon/tank-farm/T1-inlet/commands';
const ORDERS = topics.commandOperation(VALVE);
const SET = { command: 'valve.set', args: { position: 40 } };

const sampleLife = (changes: Partial<CommandLife> = {}): CommandLife => ({
  ...{ cid: 'operator/lyon/tank-farm/T1-inlet/a', command: 'valve.set', args: { position: 40 } },
  ...{ by: 'olaf', comment: null, status: 'SENT', askedAt: START, expiresAt: START + 60_000 },
  ...{ verifies: true, verifyUntil: START + 30_000, steps: [{ status: 'SENT', at: START }] },
  ...changes,
});

async function open({ model = 'valve', bus = new MemoryBus() }: { model?: string | null; bus?: MemoryBus } = {}) {
  const access = new TestAccess({ vera: 'viewer', olaf: 'operator', eva: 'engineer', ada: 'admin' });
  const opened = await openTestConsole({ access, bus, wait: () => Promise.resolve() });
  const tell = async (topic: string, payload: string) => {
    await bus.publish(topic, payload, { retain: true });
    await delivered();
  };
  await tell(topics.registry(VALVE), JSON.stringify(sampleDevice({ ...VALVE, model })));
  await tell(topics.plantState('lyon', 'tank-farm', 'maintenance'), 'false');
  const headers = async (user: string) => ({ cookie: await opened.logIn(user), ...PAGE });
  const send = async (payload: object, user = 'olaf', url = URL) =>
    await opened.app.inject({ method: 'POST', url, payload, headers: await headers(user) });
  const read = async (url = URL) => await opened.app.inject({ url, headers: await headers('vera') });
  return { ...opened, bus, tell, send, read };
}

describe('what is offered', () => {
  test('are the commands of the model, with what holds them back now', async () => {
    const { read, tell } = await open();
    expect((await read()).json()).toEqual({
      offers: [
        {
          ...{ command: 'valve.set', description: 'Moves the valve.', blocked: null },
          args: [
            {
              name: 'position',
              type: 'number',
              unit: '%',
              min: 0,
              max: 100,
              values: null,
              isOptional: false,
              description: null,
            },
            {
              ...{ name: 'ramp', type: 'text', unit: null, min: null, max: null, values: ['slow', 'fast'] },
              ...{ isOptional: true, description: null },
            },
          ],
          interlocks: [
            { state: 'maintenance', is: [true], because: 'people are in the pit', now: false, blocks: false },
          ],
          verify: { metric: 'position', withinMs: 30_000 },
        },
      ],
      recent: [],
    });
    const offer = async () => (await read()).json().offers[0];
    await tell('state/v1/lyon/tank-farm/maintenance', 'true');
    expect(await offer()).toMatchObject({
      blocked: "interlock: 'maintenance' is true (people are in the pit)",
      interlocks: [{ now: true, blocks: true }],
    });
    await tell('state/v1/lyon/tank-farm/maintenance', '');
    expect(await offer()).toMatchObject({
      blocked: expect.stringContaining('not known'),
      interlocks: [{ now: null, blocks: true }],
    });
    await tell('state/v1/lyon/tank-farm/maintenance', '{"what": "no state"}');
    expect(await offer()).toMatchObject({ interlocks: [{ now: null, blocks: true }] });
  });

  test.each([['tank'], ['unheard-of'], [null]])('is nothing by model %s', async (model) => {
    const { read } = await open({ model });
    expect((await read()).json()).toEqual({ offers: [], recent: [] });
  });

  test('of a device that is not, is a problem', async () => {
    const { read, send } = await open();
    expect((await read(URL.replace('T1', 'T9'))).json()).toMatchObject({
      status: 404,
      detail: expect.stringContaining('T9-inlet'),
    });
    expect((await send(SET, 'olaf', URL.replace('T1', 'T9'))).statusCode).toBe(404);
  });
});

describe('an order', () => {
  test.each(ROLES)('of a %s goes out signed with that role and in its name, or not at all', async (role) => {
    const { access, send, bus } = await open();
    const [user] = [...access.people].find(([, each]) => each === role) ?? [''];
    const answer = await send({ ...SET, id: 'a', comment: ' now ' }, user);
    const sent = bus.payloads(ORDERS).map((text) => JSON.parse(text));
    if (role === 'viewer') {
      expect([answer.json().status, sent]).toEqual([403, []]);
      return;
    }
    const cid = 'operator/lyon/tank-farm/T1-inlet/a';
    expect([answer.statusCode, answer.json()]).toEqual([202, { cid, expiresAt: START + 60_000 }]);
    const operation = { op: 'send', id: 'a', ...SET, by: user, comment: 'now', exp: START + 60_000 };
    expect(sent).toEqual([{ ...operation, role, sentAt: START, sig: expect.any(String) }]);
    expect(readSignature(ORDERS, sent[0], OPERATIONS_KEY)).toEqual({ isSigned: true, role });
    expect(bus.retained.has(ORDERS)).toBe(false);
  });

  test('gets an id of its own, and waits for as long as it says', async () => {
    const { send, bus } = await open();
    for (const waitMs of [1_000, 86_400_000]) expect((await send({ ...SET, waitMs })).statusCode).toBe(202);
    const sent = bus.payloads(ORDERS).map((text) => JSON.parse(text));
    expect(sent.map(({ exp }) => exp)).toEqual([START + 1_000, START + 86_400_000]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
  });

  test('to a device that is offline goes out: it waits', async () => {
    const { send, tell } = await open();
    await tell(topics.registry(VALVE), JSON.stringify(sampleDevice({ ...VALVE, model: 'valve', online: false })));
    expect((await send(SET)).statusCode).toBe(202);
  });

  test.each<[string, object, string, RegExp]>([
    [
      'an unknown command',
      { command: 'valve.sett' },
      '/body/command',
      /no command 'valve.sett'; did you mean 'valve.set'\?/,
    ],
    ['a command of every object', { command: 'constructor', args: {} }, '/body/command', /no command 'constructor'/],
    [
      'an argument out of range',
      { args: { position: 101 } },
      '/body/args/position',
      /is 101 %; at most 100 % may be sent/,
    ],
    [
      'an unknown argument',
      { args: { position: 1, rampp: 'slow' } },
      '/body/args/rampp',
      /no 'rampp'; did you mean 'ramp'\?/,
    ],
    [
      'an argument of every object',
      { args: { position: 1, constructor: 1 } },
      '/body/args/constructor',
      /no 'constructor'/,
    ],
    ['no argument', { args: {} }, '/body/command', /needs 'position'/],
    ['a text for a number', { args: { position: '40' } }, '/body/args/position', /must be a number/],
    [
      'another of some values',
      { args: { position: 1, ramp: 'sudden' } },
      '/body/args/ramp',
      /must be one of slow, fast/,
    ],
  ])('with %s is refused with its place', async (_, changes, pointer, words) => {
    const { send, bus } = await open();
    const answer = await send({ ...SET, ...changes });
    expect(answer.json()).toMatchObject({
      ...{ status: 400, detail: expect.stringMatching(/^Nothing was sent: /) },
      errors: [{ pointer, detail: expect.stringMatching(words) }],
    });
    expect(bus.payloads(ORDERS)).toEqual([]);
  });

  test.each<[string, object]>([
    ['of another name', { by: 'eva' }],
    ['of another role', { role: 'admin' }],
    ['with an end of its own', { exp: START * 2 }],
    ['with an id that is a path', { id: 'a/b' }],
    ['with an id of no end', { id: 'a'.repeat(65) }],
    ['with arguments in arguments', { args: { position: { deep: [] } } }],
    ['with a list of arguments', { args: [40] }],
    ['with too many arguments', { args: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, i])) }],
    [
      'with more than fits',
      { args: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`a${i}`, 'x'.repeat(256)])) },
    ],
    ['with a prototype', JSON.parse('{"args": {"__proto__": 1}}')],
    ['with a comment too long', { comment: 'x'.repeat(2_001) }],
    ['that waits for ever', { waitMs: 86_400_001 }],
    ['that waits for no time', { waitMs: 0 }],
  ])('%s is refused', async (_, changes) => {
    const { send, bus } = await open();
    const answer = await send({ ...SET, ...changes });
    expect([answer.statusCode, bus.payloads(ORDERS)]).toEqual([400, []]);
  });

  test.each([
    ['tank', /model tank describes no commands/],
    [null, /no model describes 'lyon\/tank-farm\/T1-inlet'/],
  ])('by model %s, which knows nothing of it, is refused', async (model, words) => {
    const { send, bus } = await open({ model });
    const answer = await send(SET);
    expect(answer.json()).toMatchObject({ status: 409, detail: expect.stringMatching(words) });
    expect(bus.payloads(ORDERS)).toEqual([]);
  });

  test('by a model that only the rules service has, is for it to judge', async () => {
    expect((await (await open({ model: 'unheard-of' })).send(SET)).statusCode).toBe(202);
  });

  test('that an interlock holds back is refused with the reason', async () => {
    const { send, tell, bus } = await open();
    await tell('state/v1/lyon/tank-farm/maintenance', 'true');
    expect((await send(SET)).json()).toMatchObject({
      status: 409,
      detail: expect.stringContaining('people are in the pit'),
    });
    await tell('state/v1/lyon/tank-farm/maintenance', '');
    expect((await send(SET)).json()).toMatchObject({ status: 409, detail: expect.stringContaining('not known') });
    expect(bus.payloads(ORDERS)).toEqual([]);
  });

  test('that comes again is answered and not sent again; another by its id is refused', async () => {
    const { send, tell, bus } = await open();
    await tell(topics.commandLives(VALVE), JSON.stringify({ ...VALVE, commands: [sampleLife()] }));
    const again = await send({ ...SET, id: 'a' });
    expect([again.statusCode, again.json().expiresAt]).toEqual([202, START + 60_000]);
    const others = [await send({ ...SET, id: 'a' }, 'eva'), await send({ command: 'valve.shut', args: {}, id: 'a' })];
    expect(others.map(({ statusCode }) => statusCode)).toEqual([409, 409]);
    const changed = [{ position: 41 }, { position: 40, ramp: 'slow' }, {}].map((args) =>
      send({ ...SET, args, id: 'a' }),
    );
    for (const answer of await Promise.all(changed))
      expect(answer.json()).toMatchObject({ status: 409, detail: expect.stringContaining('with other arguments') });
    expect(bus.payloads(ORDERS)).toEqual([]);
  });

  test('is not called sent without the broker', async () => {
    class DeafBus extends MemoryBus {
      isDown = false;
      override problem() {
        return this.isDown ? 'nothing listens' : undefined;
      }
      override publish(topic: string, payload: string | Buffer, options?: { retain?: boolean }): Promise<void> {
        return topic.startsWith('command-op/') ? new Promise(() => {}) : super.publish(topic, payload, options);
      }
    }
    const bus = new DeafBus();
    const { send } = await open({ bus });
    expect((await send(SET)).json()).toMatchObject({
      status: 504,
      detail: expect.stringMatching(/watch the commands of the device/),
    });
    bus.isDown = true;
    expect((await send(SET)).json()).toMatchObject({ status: 503, detail: expect.stringMatching(/Nothing was sent/) });
  });

  test('of nobody, and of another page, is refused', async () => {
    const { app, bus, logIn } = await open();
    const asNobody = await app.inject({ method: 'POST', url: URL, payload: SET, headers: PAGE });
    const foreign = await app.inject({
      method: 'POST',
      url: URL,
      payload: SET,
      headers: { cookie: await logIn('olaf') },
    });
    expect([asNobody.statusCode, foreign.statusCode, bus.payloads(ORDERS)]).toEqual([401, 403, []]);
  });
});

describe('lives', () => {
  test('are the recent ones of their device, until they are taken away', async () => {
    const { read, tell, plant } = await open();
    await tell(topics.commandLives(VALVE), JSON.stringify({ ...VALVE, commands: [sampleLife()] }));
    expect((await read()).json().recent).toEqual([sampleLife()]);
    expect(plant.snapshot().commands).toEqual([{ ...VALVE, commands: [sampleLife()] }]);
    expect(plant.takeCommandChanges()).toEqual([]); // told at once
    await tell(topics.commandLives(VALVE), '');
    expect([(await read()).json().recent, plant.snapshot().commands]).toEqual([[], []]);
  });

  test.each([
    ['of another device', { ...VALVE, device: 'T2-inlet', commands: [] }],
    ['of no known status', { ...VALVE, commands: [{ ...sampleLife(), status: 'DONE' }] }],
    ['of no list', { ...VALVE, commands: {} }],
  ])('%s are not taken', async (_, told) => {
    const { read, tell } = await open();
    await tell(topics.commandLives(VALVE), JSON.stringify(told));
    expect((await read()).json().recent).toEqual([]);
  });

  test('that nobody tells any more after a connection broke are gone', async () => {
    const { tell, plant } = await open();
    await tell(topics.commandLives(VALVE), JSON.stringify({ ...VALVE, commands: [sampleLife()] }));
    plant.beginRetelling();
    expect(plant.endRetelling()).toBe(true);
    expect(plant.takeCommandChanges()).toEqual([{ ...VALVE, commands: [] }]);
  });
});
