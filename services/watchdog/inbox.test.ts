import { describe, expect, it } from 'vitest';
import { encodePoint } from '#domain/batch.ts';
import { BEAT_SHARD, HEARTBEAT_TOPIC, WATCHDOG_DEVICE } from '#domain/heartbeat.ts';
import type { Point } from '#domain/point.ts';
import { makeSeries, type SeriesName } from '#domain/series.ts';
import { topics } from '#domain/topic.ts';
import { signOperation } from '#runtime/signed-operation.ts';
import { inputsOf, OWN_ALARM_TOPIC, OWN_OPERATIONS_TOPIC, type Rights } from './inbox.ts';

const NOW = { at: 5, elapsedMs: 7 };
const KEY = 'a key of the tests';
const RIGHTS: Rights = { operationsKey: KEY, unsignedRole: 'operator' };
const read = (topic: string, payload: string, retained = false) =>
  inputsOf({ topic, payload: Buffer.from(payload), retained }, NOW, RIGHTS);

const line = (value: number, name: Partial<SeriesName> = {}, quality: Point['quality'] = 'good') =>
  encodePoint({
    series: makeSeries({ ...WATCHDOG_DEVICE, metric: 'beat', ...name }),
    value,
    quality,
    measuredAt: 1,
    late: false,
  });

describe('inputsOf()', () => {
  it('finds the beats among the points of the lane, whatever stands around them', () => {
    const text = 'reading,area=a,device=d,metric=m,site=s text="reading,area=pipeline,device=watchdog" 1';
    const batch = [line(9, { area: 'hall' }), line(1), 'garbage', text, line(2, {}, 'bad'), line(3, { device: 'x' })];
    expect(read(topics.points(BEAT_SHARD), batch.join('\n'))).toEqual([
      { kind: 'seen', beat: 1 },
      { kind: 'seen', beat: 2 },
    ]);
  });

  it('reads an answer', () => {
    expect(read(HEARTBEAT_TOPIC, '{"beat":4,"measuredAt":1,"at":2,"expiresAt":3}')).toEqual([
      { kind: 'answered', beat: 4, now: NOW },
    ]);
  });

  it('reads what services say of themselves, and that it was taken away', () => {
    const status = { service: 'rules', id: 'rules', status: 'down', since: 1, version: '1', detail: 'ended' };
    const topic = topics.service('rules', 'rules');
    expect(read(topic, JSON.stringify(status), true)).toEqual([{ kind: 'status', id: 'rules/rules', status }]);
    expect(read(topic, '')).toEqual([{ kind: 'status', id: 'rules/rules', status: null }]);
  });

  it('takes its own alarm only as the broker retained it: what was just published is its own echo', () => {
    const alarm = { episode: 3, seq: 9, state: 'UNACK', activeSince: 1, clearedAt: null, changedAt: 1 };
    const payload = JSON.stringify({ ...alarm, ackedBy: null, ackComment: null, reason: 'rules is down' });
    expect(read(OWN_ALARM_TOPIC, payload, true)).toMatchObject([{ kind: 'retained', state: { episode: 3, seq: 9 } }]);
    expect(read(OWN_ALARM_TOPIC, payload)).toEqual([]);
  });

  it('takes an operation only as it is done: a retained one would be done again at every start', () => {
    const payload = '{"op":"ack","episode":1,"by":"kim"}';
    expect(read(OWN_OPERATIONS_TOPIC, payload)).toMatchObject([{ kind: 'operation', operation: { op: 'ack' } }]);
    expect(read(OWN_OPERATIONS_TOPIC, payload, true)).toEqual([]);
  });

  it('knows the right of who signed, and gives none to a forged, a moved or an unsigned one where signatures are a must', () => {
    const ack = { op: 'ack', episode: 1, by: 'kim' } as const;
    const rolesOf = (payload: string, rights: Rights = RIGHTS) =>
      inputsOf({ topic: OWN_OPERATIONS_TOPIC, payload: Buffer.from(payload), retained: false }, NOW, rights).map(
        (each) => (each.kind === 'operation' ? (each.role ?? 'nobody') : each.kind),
      );
    const signer = { role: 'engineer', key: KEY, sentAt: 1 } as const;
    const signed = signOperation(OWN_OPERATIONS_TOPIC, ack, signer);
    expect(rolesOf(signed)).toEqual(['engineer']);
    expect(rolesOf(signed.replace('engineer', 'admin'))).toEqual(['nobody']);
    expect(rolesOf(signOperation(`${OWN_OPERATIONS_TOPIC}-2`, ack, signer))).toEqual(['nobody']);
    expect(rolesOf(JSON.stringify(ack))).toEqual(['operator']);
    expect(rolesOf(JSON.stringify(ack), { ...RIGHTS, unsignedRole: undefined })).toEqual(['nobody']);
  });

  it.each([
    [HEARTBEAT_TOPIC, '{}'],
    [OWN_OPERATIONS_TOPIC, '{"op":"ack"}'],
    [OWN_OPERATIONS_TOPIC, 'null'],
    [OWN_ALARM_TOPIC, '{"episode":1}'],
    [topics.service('rules', 'rules'), '{"service":7,"status":"up"}'],
    [topics.service('rules', 'rules'), '{"service":"rules","status":"gone"}'],
    [topics.service('rules', 'rules'), '{"service":"rules","status":"down","detail":{}}'],
    [topics.service('rules', 'rules'), 'null'],
    ['service/v1/rules/rules/else', '{}'],
    ['__proto__', '{}'],
  ])('gives nothing for %s %s', (topic, payload) => {
    expect(read(topic, payload, topic === OWN_ALARM_TOPIC)).toEqual([]);
  });
});
