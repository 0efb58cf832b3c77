import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALARM_OPERATIONS, type AlarmOperation, ROLES } from '#domain/alarm.ts';
import { readSignature, signOperation } from './signed-operation.ts';

const TOPIC = 'alarm-op/v1/lyon/tank-farm/tank-hot/tank-01';
const KEY = 'a key of this plant alone';
const SIGNER = { role: 'engineer', key: KEY, sentAt: 1_800_000_000_000 } as const;
const ACK: AlarmOperation = { op: 'ack', episode: 3, by: 'maria', comment: 'seen' };
const WRONG = { isSigned: 'wrong' };

const signed = (): Record<string, unknown> => JSON.parse(signOperation(TOPIC, ACK, SIGNER));

describe('signOperation()', () => {
  it('writes the operation as it is, with role, moment and signature', () => {
    expect(signed()).toEqual({
      ...ACK,
      role: 'engineer',
      sentAt: SIGNER.sentAt,
      sig: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('gives no two moments, topics or keys the same signature', () => {
    const others = [
      signOperation(TOPIC, ACK, { ...SIGNER, sentAt: SIGNER.sentAt + 1 }),
      signOperation(`${TOPIC}1`, ACK, SIGNER),
      signOperation(TOPIC, ACK, { ...SIGNER, key: `${KEY}.` }),
      signOperation(TOPIC, ACK, SIGNER),
    ];
    expect(new Set(others.map((text) => JSON.parse(text).sig)).size).toBe(4);
  });
});

describe('readSignature()', () => {
  it('knows what was signed with the key, whatever the operation holds and in whatever order its fields come', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const operation = fc.record(
      {
        op: fc.constantFrom(...ALARM_OPERATIONS),
        episode: fc.maxSafeInteger(),
        by: text,
        comment: text,
        until: fc.maxSafeInteger(),
      },
      { requiredKeys: ['op', 'episode', 'by'] },
    );
    fc.assert(
      fc.property(operation, fc.constantFrom(...ROLES), (each, role) => {
        const payload = JSON.parse(signOperation(TOPIC, each, { ...SIGNER, role }));
        const turned = Object.fromEntries(Object.entries(payload).reverse());
        expect(readSignature(TOPIC, payload, KEY)).toEqual({ isSigned: true, role });
        expect(readSignature(TOPIC, turned, KEY)).toEqual({ isSigned: true, role });
      }),
    );
  });

  it('knows an order with its arguments, in whatever order they come, and no other arguments', () => {
    const topic = 'command-op/v1/lyon/tank-farm/T1-inlet';
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), value, { maxKeys: 8 }), (args) => {
        const order = { op: 'send', id: 'a', command: 'valve.set', args, by: 'maria', exp: SIGNER.sentAt + 1 } as const;
        const payload = JSON.parse(signOperation(topic, order, SIGNER));
        const turned = { ...payload, args: Object.fromEntries(Object.entries(payload.args).reverse()) };
        expect(readSignature(topic, payload, KEY)).toEqual({ isSigned: true, role: 'engineer' });
        expect(readSignature(topic, turned, KEY)).toEqual({ isSigned: true, role: 'engineer' });
        const changed = { ...payload, args: { ...payload.args, more: 1 } };
        expect(readSignature(topic, changed, KEY)).toEqual(WRONG);
        expect(readSignature(`${topic}2`, payload, KEY)).toEqual(WRONG);
      }),
    );
  });

  it('does not follow what is nested deeper than anything that is signed', () => {
    const deep = JSON.parse(`{"args": {"a": ${'['.repeat(5_000)}${']'.repeat(5_000)}}}`);
    expect(readSignature(TOPIC, { ...signed(), ...deep }, KEY)).toEqual(WRONG);
  });

  it.each<[string, object]>([
    ['a higher role', { role: 'admin' }],
    ['a role that is none', { role: 'root' }],
    ['a role of a prototype', { role: 'constructor' }],
    ['no role', { role: undefined }],
    ['another operation', { op: 'approve' }],
    ['another person', { by: 'eve' }],
    ['another episode', { episode: 4 }],
    ['an episode as text', { episode: '3' }],
    ['another moment', { sentAt: SIGNER.sentAt + 1 }],
    ['a field more', { until: 1 }],
    ['a field less', { comment: undefined }],
    ['no text as signature', { sig: 7 }],
    ['an empty signature', { sig: '' }],
    ['null as signature', { sig: null }],
    ['a list as signature', { sig: [] }],
    ['a signature of other length', { sig: 'x'.repeat(1_000_000) }],
    ['a signature of as many characters, not bytes', { sig: 'é'.repeat(43) }],
  ])('refuses, and takes not for unsigned, one with %s', (_, changes) => {
    const payload = JSON.parse(JSON.stringify({ ...signed(), ...changes }));
    expect(readSignature(TOPIC, payload, KEY)).toEqual(WRONG);
  });

  it('refuses what was signed for another alarm, or with another key', () => {
    expect(readSignature(TOPIC.replace('tank-01', 'tank-02'), signed(), KEY)).toEqual(WRONG);
    expect(readSignature(TOPIC, signed(), 'another key')).toEqual(WRONG);
  });

  it('sees a change of any single character of the payload', () => {
    const text = signOperation(TOPIC, ACK, SIGNER);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0aZ_-"'), (at, char) => {
        const changed = text.slice(0, at) + char + text.slice(at + 1);
        fc.pre(changed !== text);
        let payload: unknown;
        try {
          payload = JSON.parse(changed);
        } catch {
          return;
        }
        expect(readSignature(TOPIC, payload, KEY).isSigned).not.toBe(true);
      }),
    );
  });

  it('takes no signature from a prototype, and lets no field hide behind one', () => {
    const inherited = JSON.parse(`{"__proto__": ${signOperation(TOPIC, ACK, SIGNER)}}`);
    expect(readSignature(TOPIC, inherited, KEY)).toEqual({ isSigned: false });
    const more = JSON.parse(signOperation(TOPIC, ACK, SIGNER).replace('{', '{"__proto__": "x",'));
    expect(readSignature(TOPIC, more, KEY)).toEqual(WRONG);
  });

  it.each([
    [null],
    [undefined],
    ['text'],
    [7],
    [[]],
    [[{ sig: 'x' }]],
    [{}],
    [{ ...ACK }],
    [{ ...ACK, role: 'admin' }],
  ])('finds no signature in %j', (payload) => {
    expect(readSignature(TOPIC, payload, KEY)).toEqual({ isSigned: false });
  });

  it('survives lists that lie deeper than a stack', () => {
    const deep = JSON.parse(`{"role":"admin","sig":"x","op":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(readSignature(TOPIC, deep, KEY)).toEqual(WRONG);
  });
});
