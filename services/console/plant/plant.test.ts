import { expect, test } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import { ALL_KEPT_MAX, type CommandLife } from '#domain/command-life.ts';
import { topics } from '#domain/topic.ts';
import {
  delivered,
  openTestConsole,
  publishAlarm,
  START,
  sampleAlarm,
  sampleDevice,
  sampleLine,
  sampleReject,
} from '../testing.ts';
import { decodePlantInput } from './decode.ts';

const POINTS = topics.points(3);

test('an alarm message that is not above the last of its alarm is dropped', async () => {
  const { bus, plant } = await openTestConsole();
  await publishAlarm(bus, sampleAlarm({ seq: 5, state: 'ACKED' }));
  await publishAlarm(bus, sampleAlarm({ seq: 5 }));
  await publishAlarm(bus, sampleAlarm({ seq: 4 }));
  await delivered();
  expect(plant.alarm(sampleAlarm())).toMatchObject({ seq: 5, state: 'ACKED' });
  await publishAlarm(bus, sampleAlarm({ seq: 1, alarmId: 'anew' }));
  await delivered();
  expect(plant.alarm(sampleAlarm())).toMatchObject({ seq: 1, alarmId: 'anew' });
});

test('an alarm whose retained message is taken away is gone, and the page is told', async () => {
  const { bus, plant } = await openTestConsole();
  await publishAlarm(bus, sampleAlarm());
  await delivered();
  plant.takeAlarmChanges();
  expect(plant.apply({ kind: 'alarm', name: sampleAlarm(), message: null }, START)).toBe(true);
  expect(plant.takeAlarmChanges()).toEqual([{ id: 'lyon/tank-farm/tank-hot/tank-01', alarm: null }]);
  expect(plant.snapshot().alarms).toEqual([]);
});

test('as many devices as the rules service keeps commands of have their lives here', async () => {
  const { plant } = await openTestConsole();
  const life: CommandLife = {
    ...{ cid: 'operator/lyon/tank-farm/v/a', command: 'valve.set', args: {}, by: 'ana', comment: null },
    ...{ status: 'SENT', askedAt: START, expiresAt: START + 60_000, verifies: false, verifyUntil: null },
    steps: [{ status: 'SENT', at: START }],
  };
  for (let i = 0; i < ALL_KEPT_MAX; i++) {
    const told = { site: 'lyon', area: 'tank-farm', device: `v${i}`, commands: [life] };
    expect(plant.apply({ kind: 'commands', told }, START)).toBe(true);
  }
  expect(plant.snapshot().commands).toHaveLength(ALL_KEPT_MAX);
});

test('normal alarms make room for active ones, active ones never do', async () => {
  const { bus, plant } = await openTestConsole({ alarmsMax: 2 });
  for (const [instance, state] of [
    ['a', 'NORM'],
    ['b', 'UNACK'],
    ['c', 'UNACK'],
    ['d', 'UNACK'],
  ] as const) {
    await publishAlarm(bus, sampleAlarm({ instance, state, alarmId: instance }));
  }
  await delivered();
  expect(plant.snapshot().alarms.map((alarm) => alarm.instance)).toEqual(['b', 'c']);
  expect(plant.dropped.alarms).toBe(1);
});

test('a shelved alarm in its normal state makes room too, and that is not kept quiet', async () => {
  const { bus, plant } = await openTestConsole({ alarmsMax: 1 });
  const shelved = { overlay: 'SHLVD', shelvedUntil: START + 1_000, state: 'NORM' } as const;
  await publishAlarm(bus, sampleAlarm({ instance: 'a', ...shelved }));
  await publishAlarm(bus, sampleAlarm({ instance: 'b' }));
  await delivered();
  expect([plant.snapshot().alarms.map((alarm) => alarm.instance), plant.dropped.alarms]).toEqual([['b'], 1]);
});

test.each<[string, object]>([
  ['overlay', { overlay: undefined }],
  ['overlay', { overlay: 'HIDDEN' }],
  ['shelvedUntil', { shelvedUntil: undefined }],
  ['shelvedUntil', { shelvedUntil: 'tomorrow' }],
  ['firstOut', { firstOut: undefined }],
  ['firstOut', { firstOut: 1 }],
  ['commands', { commands: undefined }],
  ['commands', { commands: { length: 1 } }],
  ['commands.0.status', { commands: [{ cid: 'a', command: 'b', device: 'c', status: 'DONE' }] }],
  ['commands.1', { commands: [{ cid: 'a', command: 'b', device: 'c', status: 'SENT' }, null] }],
])('an alarm whose %s is wrong (%j) is refused with its place', (place, changes) => {
  const payload = Buffer.from(JSON.stringify({ ...sampleAlarm(), ...changes }));
  const said = decodePlantInput(topics.alarm(sampleAlarm()), payload, new SeriesTable());
  expect(String(said).startsWith(`${place}: `)).toBe(true);
});

test('an alarm under an overlay comes with its end, its first-out mark and its commands', () => {
  const command = { cid: 'x/y/1/close', command: 'valve.set', device: '__proto__', status: 'UNVERIFIED' } as const;
  const alarm = sampleAlarm({ overlay: 'SHLVD', shelvedUntil: START + 1, firstOut: true, commands: [command] });
  const payload = Buffer.from(JSON.stringify(alarm));
  expect(decodePlantInput(topics.alarm(alarm), payload, new SeriesTable())).toMatchObject({ message: alarm });
});

test('the newest point of a series counts: late ones do not, neither does a clock that was ahead', async () => {
  const { bus, plant } = await openTestConsole();
  const at = async (value: number, measuredAt: number) => {
    await bus.publish(POINTS, sampleLine('temperature', `value=${value}`, measuredAt));
    await delivered();
    return plant.snapshot().values[0]?.value;
  };
  expect(await at(1, START)).toBe(1);
  expect(await at(2, START - 1_000)).toBe(1);
  expect(await at(3, START)).toBe(3);
  expect(await at(4, START + 3_600_000)).toBe(4);
  expect(await at(5, START + 1_000)).toBe(5);
});

test('every kind of value and quality is kept as it came', async () => {
  const { bus, plant } = await openTestConsole();
  const lines = [
    sampleLine('on', 'flag=true', START),
    sampleLine('mode', 'text="a \\"b\\"\nc"', START),
    sampleLine('broken', 'q=2i', START),
    sampleLine('doubtful', 'value=1,q=1i', START),
    'no line at all',
  ];
  await bus.publish(POINTS, lines.join('\n'));
  await delivered();
  expect(plant.snapshot().values.map(({ metric, value, quality }) => [metric, value, quality])).toEqual([
    ['on', true, 'good'],
    ['mode', 'a "b"\nc', 'good'],
    ['broken', null, 'bad'],
    ['doubtful', 1, 'uncertain'],
  ]);
});

test('a series past the bound is counted once and costs nothing', async () => {
  const { bus, plant } = await openTestConsole({ seriesMax: 1 });
  const batch = [1, 2, 3].map((at) => ['a', 'b'].map((metric) => sampleLine(metric, 'value=1', START + at)).join('\n'));
  await bus.publish(POINTS, batch.join('\n'));
  await delivered();
  expect(plant.snapshot().values.map((value) => value.metric)).toEqual(['a']);
  expect(plant.dropped.series).toBe(1);
});

test('unit and age limit come with the model of the device, whichever is known first', async () => {
  const { bus, plant } = await openTestConsole();
  await bus.publish(POINTS, sampleLine('temperature', 'value=1', START));
  await delivered();
  expect(plant.takeChanges()?.added).toMatchObject([{ unit: null, staleAfterMs: 60_000 }]);
  await bus.publish(topics.registry(sampleDevice()), JSON.stringify(sampleDevice()), { retain: true });
  await delivered();
  expect(plant.takeChanges()).toMatchObject({ added: [{ unit: 'Cel', staleAfterMs: 15_000 }], changed: [] });
  await bus.publish(POINTS, sampleLine('temperature', 'value=2', START + 1));
  await delivered();
  expect(plant.takeChanges()).toMatchObject({ added: [], changed: [[0, 2, 'good', START + 1]] });
  expect(plant.takeChanges()).toBeUndefined();
});

test('refused messages are a ring of the newest 200, each told once', async () => {
  const { bus, plant } = await openTestConsole();
  for (let n = 0; n < 205; n++) {
    await bus.publish(
      topics.rejected('json'),
      JSON.stringify(sampleReject({ message: `no ${n}`, payload: 'x'.repeat(4_096) })),
    );
  }
  await delivered();
  expect(plant.takeChanges()?.rejected).toHaveLength(200);
  await bus.publish(topics.rejected('json'), JSON.stringify(sampleReject({ message: 'one more' })));
  await delivered();
  expect(plant.takeChanges()?.rejected.map((each) => each.message)).toEqual(['one more']);
  const { rejected } = plant.snapshot();
  expect([rejected.length, rejected[0]?.message, rejected[199]?.message, rejected[199]?.payload.length]).toEqual([
    200,
    'one more',
    'no 6',
    1_000,
  ]);
});

test('what cannot be read is counted and stops nothing', async () => {
  const { bus, plant, metrics } = await openTestConsole();
  const topic = topics.alarm(sampleAlarm());
  await bus.publish(topic, 'no json');
  await bus.publish(topic, JSON.stringify({ ...sampleAlarm(), state: 'BOILING' }));
  await bus.publish(topic, JSON.stringify(sampleAlarm({ instance: 'another' })));
  await bus.publish(topic, JSON.stringify(sampleAlarm({ summary: 'x'.repeat(200_000) })));
  await publishAlarm(bus, sampleAlarm({ seq: 9 }));
  await delivered();
  expect(plant.snapshot().alarms.map((alarm) => alarm.seq)).toEqual([9]);
  expect(await metrics.text()).toMatch(/penstock_console_messages_refused_total\{root="alarm",service="console"\} 4/);
});

test('decodePlantInput() says what is wrong, with its place', () => {
  const table = new SeriesTable();
  const say = (topic: string, payload: unknown) => decodePlantInput(topic, Buffer.from(JSON.stringify(payload)), table);
  expect(
    say('service/v1/rules/rules', { service: 'rules', id: 'rules', status: 'fine', since: 1, version: '1' }),
  ).toMatch(/'status' must be one of/);
  expect(say('elsewhere/v1/a', {})).toBe('the topic means nothing here');
  expect(say('rejected/v1/json', { ...sampleReject(), reason: 'mood' })).toMatch(/^reason: /);
});

test("what services tell of themselves is neither among the plant's values nor among its devices", async () => {
  const { bus, plant } = await openTestConsole();
  const line = sampleLine('writer_lag_seconds', 'value=1', START)
    .replace('area=tank-farm', 'area=pipeline')
    .replace('site=lyon', 'site=penstock');
  await bus.publish(POINTS, `${line}\n${sampleLine('level', 'value=1', START)}`);
  const service = sampleDevice({ site: 'penstock', area: 'pipeline', device: 'writer' });
  for (const device of [service, sampleDevice()])
    await bus.publish(topics.registry(device), JSON.stringify(device), { retain: true });
  await delivered();
  expect(plant.snapshot().values.map(({ metric }) => metric)).toEqual(['level']);
  expect(plant.snapshot().devices.map(({ site }) => site)).toEqual(['lyon']);
});
