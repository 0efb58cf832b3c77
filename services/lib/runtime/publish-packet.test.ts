import { expect, test } from 'vitest';
import type { PublishOptions } from './bus.ts';
import { publishPacket } from './publish-packet.ts';
import { TopicAliases } from './topic-aliases.ts';
import { traceparentOf } from './traceparent.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const at5 = { version: 5, messageId: 7, aliased: undefined, now: 1_000 } as const;
const message = (topic: string, payload: string | Buffer, options: PublishOptions = {}, expiresAt?: number) => ({
  ...{ topic, payload, options, expiresAt },
});

test('MQTT 5 is told what the payload is, and a command how long it is good for and what answers it', () => {
  const options = { correlation: 'c1', responseTopic: 'plant/v1/s/a/d/ack', traceparent: TRACE };
  expect(publishPacket(message('plant/v1/s/a/d/cmd', '{}', options, 31_999), at5)).toEqual({
    ...{ cmd: 'publish', topic: 'plant/v1/s/a/d/cmd', payload: '{}', qos: 1, retain: false, dup: false, messageId: 7 },
    properties: {
      payloadFormatIndicator: true,
      contentType: 'application/json',
      messageExpiryInterval: 30,
      responseTopic: 'plant/v1/s/a/d/ack',
      correlationData: Buffer.from('c1'),
      userProperties: { schema: 'plant/v1/cmd', traceparent: TRACE },
    },
  });
});

test('3.1.1 is told nothing of it', () => {
  const packet = publishPacket(message('points/v1/3', 'x', { traceparent: TRACE }, 9_000), { ...at5, version: 4 });
  expect(packet).toEqual({
    ...{ cmd: 'publish', topic: 'points/v1/3', payload: 'x', qos: 1, retain: false, dup: false, messageId: 7 },
  });
});

test('bytes that are handed on, foreign topics and cleared ones are not described', () => {
  for (const each of [
    message('plant/v1/s/a/d/tele', Buffer.from([0xff])),
    message('home/x', '{}'),
    message('alarm/v1/s/a/r/i', ''),
  ])
    expect(publishPacket(each, at5).properties).toEqual({});
});

test('an expiry is never 0, which would be gone before it is sent on', () => {
  expect(publishPacket(message('t', 'x', {}, 1_001), at5).properties).toMatchObject({ messageExpiryInterval: 1 });
});

test('a topic that comes again is sent by its number, once both have been sent', () => {
  const aliases = new TopicAliases(2);
  const send = (topic: string) => {
    const aliased = aliases.of(topic);
    const packet = publishPacket(message(topic, 'x'), { ...at5, aliased });
    if (aliased !== undefined) aliases.onTold(topic, aliased);
    return `${packet.topic}:${packet.properties?.topicAlias ?? '-'}`;
  };
  expect(aliases.of('points/v1/9')).toEqual({ alias: 1, isKnown: false }); // asked for, and then not sent
  const topics = ['points/v1/1', 'points/v1/2', 'points/v1/3', 'points/v1/1', 'points/v1/3', 'points/v1/2'];
  expect(topics.map(send)).toEqual(['points/v1/1:1', 'points/v1/2:2', 'points/v1/3:-', ':1', 'points/v1/3:-', ':2']);
  expect(new TopicAliases(0).of('points/v1/1')).toBeUndefined();
});

test.each([
  [TRACE, TRACE],
  ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', undefined],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', undefined],
  [TRACE.toUpperCase(), undefined],
  [`${TRACE}\r\nx: y`, undefined],
  [[TRACE, TRACE], undefined],
  ['', undefined],
])('traceparentOf() %o', (traceparent, expected) => {
  expect(traceparentOf({ traceparent })).toBe(expected);
});
