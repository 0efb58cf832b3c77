import { expect, it } from 'vitest';
import { answered, calledOff, IDLE, type Job, started } from './job.ts';

const DONE: Job<number> = { is: 'done', shown: 1 };

it('keeps what was said last in sight while it is asked anew, fails, or is called off', () => {
  const running = started(DONE);
  expect(running).toEqual({ is: 'running', shown: 1 });
  expect(answered(running, { ok: false, status: 503, why: 'the store is away' })).toEqual({
    is: 'failed',
    shown: 1,
    why: 'the store is away',
  });
  expect(calledOff(running)).toEqual(DONE);
  expect(answered(running, { ok: true, body: 2 })).toEqual({ is: 'done', shown: 2 });
});

it('is idle again where nothing was ever said', () => {
  expect(calledOff(started(IDLE))).toEqual(IDLE);
  expect(calledOff(IDLE)).toEqual(IDLE);
});
