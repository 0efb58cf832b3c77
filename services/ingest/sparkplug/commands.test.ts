import { expect, test } from 'vitest';
import type { RawRecord } from '../record.ts';
import { readBirthMetrics } from './birth-metrics.ts';
import { type Commanded, type Publication, SparkplugCommands } from './commands.ts';
import type { Scalar } from './datatype.ts';
import { EdgeDevice } from './edge-device.ts';
import type { Metric } from './payload.ts';
import { decodePayload } from './payload-decoder.ts';
import { type TahuPayload, tahuDecode } from './test-tahu.ts';
import { metricOf } from './testing.ts';

const T = 1_795_355_000_000;
const NAME = { site: 'lyon', area: 'line-3', device: 'press' };
const NULL = { name: null, alias: null, timestamp: null, datatype: 0, isHistorical: false, isTransient: false };
const metric = (parts: Partial<Metric>, value: Scalar, type: string): Metric =>
  ({ ...NULL, isNull: false, properties: null, value: null, problem: null, ...metricOf(parts, value, type) }) as Metric;

const BIRTH = [
  metric({ name: 'valve', alias: 3 }, false, 'Boolean'),
  metric({ name: 'speed', alias: 4 }, 0, 'UInt8'),
  metric({ name: 'setpoint', properties: { quality: null, unit: 'psi', low: null, high: null } }, 0, 'Float'),
  metric({ name: 'Device Control/Reboot' }, false, 'Boolean'),
  { ...metric({ name: 'recipe' }, 0, 'Int32'), datatype: 16 },
];

function press(more: Partial<Commanded> = {}): Commanded {
  const { metrics } = readBirthMetrics(BIRTH);
  const device = new EdgeDevice('press', NAME, {
    metrics,
    order: { count: 1, isRestored: false, qos: 0, sentAt: T, mark: 1 },
  });
  return {
    ...{ name: NAME, address: { group: 'lyon', edge: 'line-3', device: 'press' }, device, isNodeAlive: true },
    ...{ argumentOf: (_, metric) => ({ metric, unit: undefined }), newestOf: () => undefined },
    ...more,
  };
}

const command = (args: object, more: object = {}) =>
  Buffer.from(JSON.stringify({ cid: 'c1', cmd: 'set', args, exp: T + 30_000, reply: 'elsewhere', rev: '1', ...more }));

/** Each publication in words. */
function shown(publications: ReturnType<SparkplugCommands['take']>): unknown {
  if ('problem' in publications) return publications.problem;
  return publications.map(({ topic, payload, options }: Publication) => {
    if (typeof payload !== 'string') return [topic, options, decodePayload(payload)];
    const { status, reason } = JSON.parse(payload) as { status: string; reason?: string };
    return [topic, status, ...(reason === undefined ? [] : [reason])];
  });
}

const ACK = 'plant/v1/lyon/line-3/press/ack';

test('arguments are written by the datatypes of the birth, and with aliases where it has them', () => {
  const commands = new SparkplugCommands();
  const sent = commands.take(command({ valve: true, speed: 200 }), press(), T);
  expect(shown(sent)).toEqual([
    [
      'spBv1.0/lyon/DCMD/line-3/press',
      { qos: 0, expiryMs: 30_000 },
      expect.objectContaining({
        timestamp: T,
        seq: null,
        metrics: [
          expect.objectContaining({
            name: 'valve',
            alias: 3,
            datatype: 11,
            timestamp: T,
            value: { field: 'boolean', flag: true },
          }),
          expect.objectContaining({ name: 'speed', alias: 4, datatype: 5, value: { field: 'int', low: 200, high: 0 } }),
        ],
      }),
    ],
    [ACK, 'ACCEPTED'],
  ]);
  if ('problem' in sent) throw new Error(sent.problem);
  const read: TahuPayload = tahuDecode(sent[0]?.payload as Buffer);
  expect(read.metrics).toMatchObject([
    { name: 'valve', type: 'Boolean', value: true },
    { name: 'speed', value: 200 },
  ]);
});

test('a command to an edge node itself goes to it', () => {
  const to = press({ address: { group: 'lyon', edge: 'line-3', device: null } });
  const sent = new SparkplugCommands().take(command({ valve: true }), to, T);
  expect('problem' in sent ? '' : sent[0]?.topic).toBe('spBv1.0/lyon/NCMD/line-3');
});

test('values are written in the unit of the device, and given in that of its model', () => {
  const to = press({ argumentOf: (_, metric) => ({ metric, unit: 'bar' }) });
  const sent = new SparkplugCommands().take(command({ setpoint: 2 }), to, T);
  const payload = 'problem' in sent ? undefined : sent[0]?.payload;
  expect(decodePayload(payload as Buffer)).toMatchObject({
    metrics: [{ value: { field: 'float', number: expect.closeTo(29.0075, 3) } }],
  });
  expect(
    shown(
      new SparkplugCommands().take(
        command({ setpoint: 2 }),
        press({ argumentOf: (_, metric) => ({ metric, unit: 'Cel' }) }),
        T,
      ),
    ),
  ).toEqual([[ACK, 'REJECTED', "'setpoint' is in [psi], to which Cel cannot be converted"]]);
});

function measured(metric: string, value: Scalar): RawRecord {
  const metrics = [{ metric, value, quality: 'good' }] as const;
  return { measuredAt: T, sequence: null, isHistory: false, isWhole: true, metrics };
}

test('an argument is the metric that its model says', () => {
  const argumentOf: Commanded['argumentOf'] = (cmd, argument) => ({
    metric: cmd === 'set' && argument === 'open' ? 'valve' : argument,
    unit: undefined,
  });
  const sent = new SparkplugCommands().take(command({ open: true }), press({ argumentOf }), T);
  const payload = 'problem' in sent ? undefined : sent[0]?.payload;
  expect(decodePayload(payload as Buffer)).toMatchObject({ metrics: [{ name: 'valve' }] });
});

test('it is done when the device has reported all of it', () => {
  const commands = new SparkplugCommands();
  commands.take(command({ valve: true, setpoint: 0.1 }), press(), T);
  const report = (name: string, value: Scalar, more: object = {}) =>
    commands.onMeasured(NAME, [{ ...measured(name, value), ...more }], T + 100);
  expect(report('valve', true, { isHistory: true })).toEqual([]);
  expect(report('valve', false)).toEqual([]);
  expect(report('valve', true)).toEqual([]);
  // As a Float has it.
  expect(shown(report('setpoint', Math.fround(0.1)))).toEqual([[ACK, 'SUCCEEDED']]);
  expect(report('valve', true)).toEqual([]);
});

test('what is so already is done: devices report changes', () => {
  const to = press({ newestOf: (name) => (name === 'valve' ? true : undefined) });
  expect(shown(new SparkplugCommands().take(command({ valve: true }), to, T))).toMatchObject([
    ['spBv1.0/lyon/DCMD/line-3/press', expect.anything(), expect.anything()],
    [ACK, 'ACCEPTED'],
    [ACK, 'SUCCEEDED'],
  ]);
});

test('a control is sent and accepted; nobody reports it', () => {
  const to = press();
  expect(shown(new SparkplugCommands().take(command({ 'Device Control/Reboot': true }), to, T))).toMatchObject([
    ['spBv1.0/lyon/DCMD/line-3/press', expect.anything(), expect.anything()],
    [ACK, 'ACCEPTED'],
  ]);
});

test('a device that dies before it has reported has failed', () => {
  const commands = new SparkplugCommands();
  commands.take(command({ valve: true }), press(), T);
  expect(shown(commands.onDeath(NAME, T + 5))).toEqual([
    [ACK, 'FAILED', 'press went offline before it reported what it was told to set'],
  ]);
  expect(commands.onDeath(NAME, T + 6)).toEqual([]);
});

test.each<[string, object, object, Partial<Commanded>, string]>([
  [
    'no argument',
    {},
    {},
    {},
    'REJECTED its args name no metric; press of lyon/line-3 is commanded by writing to metrics',
  ],
  [
    'another metric',
    { valvee: true },
    {},
    {},
    "REJECTED press of lyon/line-3 has no metric 'valvee'; did you mean 'valve'?",
  ],
  ['too large', { speed: 256 }, {}, {}, "REJECTED 'speed' takes a whole number from 0 to 255 (UInt8), not 256"],
  ['another type', { valve: 'open' }, {}, {}, "REJECTED 'valve' takes true or false (Boolean), not 'open'"],
  ['a table', { recipe: 1 }, {}, {}, "REJECTED 'recipe' is a DataSet, which cannot be written"],
  [
    'all that is wrong at once',
    { valve: 1, speed: 0.5 },
    {},
    {},
    "REJECTED 'valve' takes true or false (Boolean), not 1; 'speed' takes a whole number from 0 to 255 (UInt8), not 0.5",
  ],
  ['too late', { valve: true }, { exp: T }, {}, 'EXPIRED'],
  ['its node is dead', { valve: true }, {}, { isNodeAlive: false }, 'REJECTED press of lyon/line-3 is offline'],
])('%s: nothing is sent', (_, args, more, to, answer) => {
  const answers = shown(new SparkplugCommands().take(command(args, more), press(to), T)) as string[][];
  expect(answers.map(([topic, ...words]) => [topic, words.join(' ')])).toEqual([[ACK, answer]]);
});

test('a command that comes again is answered as before, and not sent again', () => {
  const commands = new SparkplugCommands();
  commands.take(command({ valve: true }), press(), T);
  expect(shown(commands.take(command({ valve: false }), press(), T + 1))).toEqual([[ACK, 'ACCEPTED']]);
  commands.onMeasured(NAME, [measured('valve', true)], T + 2);
  expect(shown(commands.take(command({ valve: true }), press(), T + 90_000))).toEqual([[ACK, 'SUCCEEDED']]);
  for (let i = 0; i < 16; i++) commands.take(command({ valve: true }, { cid: `x${i}` }), press(), T);
  expect(shown(commands.take(command({ valve: true }), press(), T))).toHaveLength(2);
});

test.each([['nothing'], ['[]'], [JSON.stringify({ cmd: 'set' })]])(
  '%s is no command, and cannot be answered',
  (text) => {
    expect(new SparkplugCommands().take(Buffer.from(text), press(), T)).toHaveProperty('problem');
  },
);
