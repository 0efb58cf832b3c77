import { expect, it } from 'vitest';
import { answered, calledOff, IDLE, type Job, started } from './job.ts';

const DONE: Job<number> = { is: 'done', shown: 1 };

it('keeps what was said last in sight while it is asked anew, and where that fails', () => {
  const running = started(DONE);
  expect(running).toEqual({ is: 'running', shown: 1 });
  expect(answered(running, { ok: false, status: 503, why: 'the store is away' })).toEqual({
    is: 'failed',
    shown: 1,
    why: 'the store is away',
  });
  expect(answered(running, { ok: true, body: 2 })).toEqual({ is: 'done', shown: 2 });
});

it('has nothing to show where nothing was ever said', () => {
  expect(started(IDLE)).toEqual({ is: 'running', shown: null });
});

it('shows what it showed before where it is called off', () => {
  expect(calledOff(started(DONE))).toEqual(DONE);
  expect(calledOff(started(IDLE))).toEqual(IDLE);
  expect(calledOff(IDLE)).toEqual(IDLE);
});
