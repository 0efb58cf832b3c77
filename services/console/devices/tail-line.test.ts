import { describe, expect, test } from 'vitest';
import type { Point, Value } from '#domain/point.ts';
import { makeSeries } from '#domain/series.ts';
import { START, sampleReject } from '../testing.ts';
import { POINTS_MAX, pointsLine, rejectLine, shownPayload, TEXT_CHARS_MAX } from './tail-line.ts';

const point = (metric: string, value: Value | null): Point => ({
  series: makeSeries({ site: 'lyon', area: 'yard', device: 'hut', metric }),
  ...{ value, quality: 'good', measuredAt: START, late: false },
});

describe('shownPayload()', () => {
  test.each([
    ['text', Buffer.from('{"t": 20}'), { payload: '{"t": 20}', encoding: 'text', bytes: 9, isCut: false }],
    ['nothing', Buffer.alloc(0), { payload: '', encoding: 'text', bytes: 0, isCut: false }],
    ['bytes', Buffer.from([0, 255, 16]), { payload: '00ff10', encoding: 'hex', bytes: 3, isCut: false }],
  ])('%s', (_, payload, shown) => {
    expect(shownPayload(payload)).toEqual(shown);
  });

  test('a long text is cut, and never within a character', () => {
    const text = `${'x'.repeat(TEXT_CHARS_MAX - 1)}😀${'y'.repeat(1_000_000)}`;
    const shown = shownPayload(Buffer.from(text));
    expect(shown).toMatchObject({ encoding: 'text', isCut: true, bytes: Buffer.byteLength(text) });
    expect(shown.payload).toBe('x'.repeat(TEXT_CHARS_MAX - 1));
  });

  test('a text of the longest characters that is just short enough is whole', () => {
    const text = '€'.repeat(TEXT_CHARS_MAX);
    expect(shownPayload(Buffer.from(text))).toMatchObject({ payload: text, isCut: false });
  });

  test('many bytes are cut', () => {
    const shown = shownPayload(Buffer.alloc(100_000, 0xfe));
    expect(shown).toMatchObject({ encoding: 'hex', bytes: 100_000, isCut: true });
    expect(shown.payload.length).toBe(512);
  });
});

test('pointsLine() says the units, bounds texts, and counts what is too much', () => {
  const points = [point('state', 'x'.repeat(10_000)), ...Array.from({ length: 60 }, (_, i) => point(`m${i}`, i))];
  const line = pointsLine(points, ({ series }) => (series.metric === 'm0' ? 'Cel' : null));
  expect(line.points).toHaveLength(POINTS_MAX);
  expect(line.more).toBe(61 - POINTS_MAX);
  expect(String(line.points[0]?.value).length).toBeLessThan(1_000);
  expect(line.points[1]).toEqual({
    ...{ metric: 'm0', value: 0, quality: 'good', measuredAt: START, late: false, unit: 'Cel' },
  });
});

describe('rejectLine()', () => {
  test('says why, where and what', () => {
    const reject = sampleReject({ place: 'character 2' });
    expect(rejectLine(reject)).toEqual({
      ...{ kind: 'reject', reason: 'json', message: reject.message, place: 'character 2', topic: reject.topic },
      ...{ payload: '{', encoding: 'text', bytes: 1, isCut: false },
    });
  });

  test.each([
    ['utf8', 'x'.repeat(10), 5_000],
    ['base64', Buffer.from([255, 1]).toString('base64'), 3],
  ] as const)('of a payload in %s that is kept in part it says so', (payloadEncoding, payload, payloadBytes) => {
    const line = rejectLine(sampleReject({ payloadEncoding, payload, payloadBytes }));
    expect(line).toMatchObject({ isCut: true, bytes: payloadBytes });
  });

  test('is bounded, whatever the sentence', () => {
    const line = rejectLine(sampleReject({ message: 'x'.repeat(100_000), payload: 'y'.repeat(4_096) }));
    expect(JSON.stringify(line).length).toBeLessThan(4_000);
  });
});
