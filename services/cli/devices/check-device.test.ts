import { expect, test } from 'vitest';
import { modelOf } from '#runtime/plant-files.ts';
import { checkDevice, type DeviceFacts } from './check-device.ts';
import { isLike } from './device-facts.ts';
import { factsOf, groupOf, NOW, viewOf } from './testing.ts';

const on = modelOf({ model: 'switch', metrics: { on: { type: 'boolean' } } });

test.each<[string, Partial<DeviceFacts>]>([
  ['it speaks and nothing is wrong', {}],
  ['it has no login of its own, and is heard all the same, through a gateway', { login: null }],
  ['it has no model', { view: viewOf({ model: null }), model: null, stored: null }],
  ['it was heard just within three intervals', { view: viewOf({ lastSeen: NOW - 25_000 }) }],
  ['it may be silent for as long as it likes', { view: viewOf({ lastSeen: 1 }), model: on, stored: new Set(['on']) }],
  ['its clock is off by what is allowed', { view: viewOf({ clockSkewMs: -5_000 }) }],
  [
    'what was refused was sent again',
    { refused: [groupOf({ waiting: 0 })], view: viewOf({ lastError: { at: 1, reason: 'json', message: 'm' } }) },
  ],
  ['the store could not be asked', { stored: null }],
])('nothing is found where %s', (_, change) => {
  expect(checkDevice(factsOf(change))).toEqual([]);
});

test.each<[string, Partial<DeviceFacts>, string]>([
  [
    'unheard',
    { view: null, model: null, stored: null },
    'nothing has come from it; see that it is on, reaches the broker, and publishes on plant/v1/lyon/tanks/tank-01/tele; ' +
      "did you mean 'lyon/tanks/tank-02'?",
  ],
  [
    'unheard',
    { name: 'attic', known: [], view: null, model: null, stored: null },
    'nothing has come from it; see that it is on, reaches the broker, and publishes on the topics of its source',
  ],
  [
    'login',
    { login: { serial: 2, revoked: true } },
    'its login was revoked; penstock device add lyon/tanks/tank-01 gives it a new token',
  ],
  [
    'topic',
    { strays: [groupOf({ reason: 'topic', topic: 'plant/v1/lyon/tank-01/tele', count: 1 })] },
    'one message was sent on plant/v1/lyon/tank-01/tele, which names no device; if they are its own, let it publish on ' +
      'plant/v1/lyon/tanks/tank-01/tele, or map the topic in rules/sources (penstock rejected show ingest-1-48)',
  ],
  [
    'offline',
    { view: viewOf({ online: false, lastSeen: NOW - 120_000 }) },
    'it is offline: it said so, or its connection was lost, and was heard last 2 min ago; see its power and its network',
  ],
  [
    'silent',
    { view: viewOf({ lastSeen: NOW - 25_001 }) },
    'it has been silent for 25 s; by its model tank something comes within 25 s: see whether it hangs, or correct the interval',
  ],
  [
    'clock',
    { view: viewOf({ clockSkewMs: 61_000 }) },
    'its clock is 61 s ahead, so what it measures gets the time of its arrival, and quality bad; let it follow a time ' +
      'server, or send no time',
  ],
  [
    'clock',
    { view: viewOf({ clockSkewMs: -5_001 }) },
    'its clock is 5 s behind, so what it measures stands too early, and may come too late for an alarm; let it follow a ' +
      'time server, or send no time',
  ],
  [
    'refused',
    { refused: [groupOf()] },
    "3 messages were refused for metric, the last 30 s ago: model tank of tank-01 has no metric 'levle'; did you mean " +
      "'level'? (at levle); penstock rejected show ingest-1-48; mended, penstock rejected replay --device " +
      'lyon/tanks/tank-01 sends them again',
  ],
  [
    'refused',
    { view: viewOf({ lastError: { at: NOW - 3_600_000, reason: 'json', message: 'the payload is not valid JSON' } }) },
    'a message was refused 1 h ago, and is kept no more: the payload is not valid JSON',
  ],
  [
    'contradiction',
    { view: viewOf({ contradictions: ['its level is a text; model tank says a number'] }) },
    'its level is a text; model tank says a number; correct the model or the device',
  ],
  [
    'model',
    { view: viewOf({ model: 'tnak' }), model: null, stored: null },
    'its model is tnak, which no file describes; write rules/models/tnak.model.json',
  ],
  [
    'metrics',
    { stored: new Set<string>() },
    'level of its model tank never came; see what the device sends (penstock tail), or correct the model',
  ],
])('%s is found, with the way out', (finding, change, message) => {
  expect(checkDevice(factsOf(change))).toEqual([{ finding, message }]);
});

test('of a device that was never heard and may not come in, both are said', () => {
  const found = checkDevice(factsOf({ view: null, login: null, model: null }));
  expect(found.map(({ finding }) => finding)).toEqual(['unheard', 'login']);
  expect(checkDevice(factsOf({ view: null, login: null, model: null, needsLogin: false }))).toHaveLength(1);
});

test.each([
  ['plant/v1/lyon/tank-01/tele', true],
  ['plant/v1/lyon/tanks/Tank-01/x', true],
  ['plant/v1/lyon/tanks/tank 01/tele', true],
  ['plant/v1/lyon/tanks/tnak-01/tele', true],
  ['plant/v1/lyon/tanks/pump-07/tele', false],
  ['home/kitchen/temperature', false],
])('a message on %s may have been meant for tank-01: %s', (topic, is) => {
  expect(isLike(topic, 'lyon/tanks/tank-01')).toBe(is);
});
