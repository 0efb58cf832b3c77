import { describe, expect, it } from 'vitest';
import { SeriesTable } from '#domain/batch.ts';
import { formatTailed, tailedJson, tailedRecord } from './format-delivery.ts';

const plain = (_: unknown, text: string) => text;
const table = new SeriesTable();
const at = Date.UTC(2026, 0, 1, 12, 0, 1, 500);

function message(topic: string, payload: string | Buffer, retained = false) {
  return { receivedAt: at, topic, payload: Buffer.from(payload), retained };
}

const BATCH = message(
  'points/v1/35',
  [
    `reading,area=tank-farm,device=tank-01,metric=temperature,site=lyon value=81.2 ${at - 500}`,
    `reading,area=tank-farm,device=pump-01,metric=running,site=lyon flag=true,q=1i,late=true ${at - 500}`,
    `reading,area=tank-farm,device=pump-01,metric=state,site=lyon text="on \\"load\\"\n" ${at - 500}`,
    `reading,area=tank-farm,device=pump-01,metric=state,site=lyon q=2i ${at - 500}`,
  ].join('\n'),
);

describe('formatTailed()', () => {
  it('shows a batch as one line per point', () => {
    expect(formatTailed(BATCH, table, plain)).toEqual([
      '12:00:01.500Z points/v1/35 lyon/tank-farm/tank-01 temperature = 81.2 @ 12:00:01.000Z',
      '12:00:01.500Z points/v1/35 lyon/tank-farm/pump-01 running = true uncertain late @ 12:00:01.000Z',
      String.raw`12:00:01.500Z points/v1/35 lyon/tank-farm/pump-01 state = "on \"load\"\\x0a" @ 12:00:01.000Z`,
      '12:00:01.500Z points/v1/35 lyon/tank-farm/pump-01 state = no value bad @ 12:00:01.000Z',
    ]);
  });

  it('shows a batch that holds something else as it is', () => {
    expect(formatTailed(message('points/v1/1', 'cpu value=1'), table, plain)).toEqual([
      '12:00:01.500Z points/v1/1 cpu value=1',
    ]);
  });

  it('shows any other message on one line, and says that it was kept', () => {
    expect(formatTailed(message('plant/v1/a/b/c/status', '{"s":"online"}', true), table, plain)).toEqual([
      '12:00:01.500Z plant/v1/a/b/c/status (retained) {"s":"online"}',
    ]);
    expect(formatTailed(message('t', ''), table, plain)).toEqual(['12:00:01.500Z t (empty)']);
  });

  it('lets no control character through to the terminal', () => {
    const [line] = formatTailed(message('evil\u001b[2J', 'a\u001b]0;owned\u0007\r\nb\u009b'), table, plain);
    expect(line).toBe(String.raw`12:00:01.500Z evil\x1b[2J a\x1b]0;owned\x07\x0d\x0ab\x9b`);
  });

  it('shows bytes that are no text as base64, and cuts what is long', () => {
    expect(formatTailed(message('t', Buffer.from([0xff, 0x00])), table, plain)).toEqual([
      '12:00:01.500Z t (2 bytes) /wA=',
    ]);
    expect(formatTailed(message('t', 'x'.repeat(5_000)), table, plain)[0]).toMatch(/x… \(5000 characters\)$/);
  });
});

describe('tailedJson()', () => {
  it('gives one object per point', () => {
    expect(tailedJson(BATCH, table)).toMatchObject([
      { topic: 'points/v1/35', device: 'tank-01', metric: 'temperature', value: 81.2, quality: 'good', late: false },
      { device: 'pump-01', metric: 'running', value: true, quality: 'uncertain', late: true },
      { metric: 'state', value: 'on "load"\n' },
      { metric: 'state', value: null, quality: 'bad' },
    ]);
  });
});

it('tailedRecord() keeps the message whole', () => {
  expect(tailedRecord(BATCH)).toEqual({
    receivedAt: at,
    topic: 'points/v1/35',
    retained: false,
    payload: BATCH.payload.toString(),
  });
  expect(tailedRecord(message('t', Buffer.from([0xff])))).toMatchObject({ payloadBase64: '/w==' });
});
