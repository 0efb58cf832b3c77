import { describe, expect, it } from 'vitest';
import type { CommandEnvelope } from '#domain/command.ts';
import { parseCommandReply } from '#domain/command.ts';
import { IDLE_VALVE, REPLIES_KEPT, receiveCommand, type ValveProtocol, valveMoved } from './valve-protocol.ts';

const NOW = 1_767_225_600_000;

function command(cid: string, position: unknown = 0, more: Partial<Record<keyof CommandEnvelope, unknown>> = {}) {
  const envelope = {
    cid,
    cmd: 'valve.set',
    args: { position },
    exp: NOW + 30_000,
    reply: 'plant/v1/lyon/tank-farm/tank-02-inlet/ack',
    rev: 'sha256:1',
    ...more,
  };
  return { payload: JSON.stringify(envelope), isRetained: false };
}

describe('receiveCommand()', () => {
  it('accepts, moves, and says SUCCEEDED when the actuator has arrived', () => {
    const accepted = receiveCommand(IDLE_VALVE, command('a', 0), NOW);
    expect(accepted.targetPct).toBe(0);
    expect(accepted.replies).toEqual([{ cid: 'a', status: 'ACCEPTED', ts: NOW }]);
    const underWay = valveMoved(accepted.state, 40, NOW + 1_000);
    expect(underWay.replies).toEqual([]);
    const arrived = valveMoved(underWay.state, 0, NOW + 3_000);
    expect(arrived.replies).toEqual([{ cid: 'a', status: 'SUCCEEDED', ts: NOW + 3_000 }]);
    expect(valveMoved(arrived.state, 0, NOW + 4_000).replies).toEqual([]);
  });

  it('answers a repeat with the stored reply and does not move again', () => {
    const first = receiveCommand(IDLE_VALVE, command('a', 0), NOW);
    const arrived = valveMoved(first.state, 0, NOW + 3_000);
    const again = receiveCommand(arrived.state, command('a', 0), NOW + 20_000);
    expect(again.replies).toEqual([{ cid: 'a', status: 'SUCCEEDED', ts: NOW + 3_000 }]);
    expect(again.targetPct).toBeUndefined();
    // The reply stands even when the repeat comes after the command's end.
    expect(receiveCommand(arrived.state, command('a', 0), NOW + 60_000).replies).toEqual(again.replies);
  });

  it.each([
    ['expired', command('a', 0, { exp: NOW }), 'EXPIRED', 'after its end'],
    ['retained', { ...command('a'), isRetained: true }, 'REJECTED', 'retained'],
    ['without an end', command('a', 0, { exp: undefined }), 'REJECTED', "'exp'"],
    ['of another kind', command('a', 0, { cmd: 'pump.start' }), 'REJECTED', "not 'pump.start'"],
    ['beyond the stroke', command('a', 101), 'REJECTED', 'from 0 to 100'],
    ['with a text for a position', command('a', '0'), 'REJECTED', 'from 0 to 100'],
    ['without arguments', command('a', 0, { args: null }), 'REJECTED', 'from 0 to 100'],
  ])('refuses a command %s', (_, received, status, words) => {
    const step = receiveCommand(IDLE_VALVE, received, NOW);
    expect(step.targetPct).toBeUndefined();
    expect(step.state.moving).toBeNull();
    expect(step.replies).toMatchObject([{ cid: 'a', status, ts: NOW, reason: expect.stringContaining(words) }]);
    expect(parseCommandReply(step.replies[0])).toEqual(step.replies[0]);
  });

  it.each(['', 'not json', '[]', 'null', '{"cmd":"valve.set"}', '{"cid":""}', '{"cid":7}'])(
    'stays as it is for %j',
    (payload) => {
      expect(receiveCommand(IDLE_VALVE, { payload, isRetained: false }, NOW)).toEqual({
        state: IDLE_VALVE,
        replies: [],
      });
    },
  );

  it('fails the command under way when a newer one comes', () => {
    const first = receiveCommand(IDLE_VALVE, command('a', 0), NOW);
    const second = receiveCommand(first.state, command('b', 100), NOW + 500);
    expect(second.targetPct).toBe(100);
    expect(second.replies.map(({ cid, status }) => `${cid} ${status}`)).toEqual(['a FAILED', 'b ACCEPTED']);
    expect(valveMoved(second.state, 0, NOW + 900).replies).toEqual([]);
    expect(valveMoved(second.state, 100, NOW + 5_500).replies).toMatchObject([{ cid: 'b', status: 'SUCCEEDED' }]);
  });

  it(`remembers ${REPLIES_KEPT} correlation ids and forgets the oldest`, () => {
    let state: ValveProtocol = IDLE_VALVE;
    for (let i = 0; i <= REPLIES_KEPT; i++) {
      state = valveMoved(receiveCommand(state, command(`c${i}`, 50), NOW + i).state, 50, NOW + i).state;
    }
    expect(state.replies.map((reply) => reply.cid)).toEqual(Array.from({ length: 16 }, (_, i) => `c${i + 1}`));
    expect(receiveCommand(state, command('c1', 50), NOW).targetPct).toBeUndefined();
    expect(receiveCommand(state, command('c0', 50), NOW).targetPct).toBe(50);
  });
});
