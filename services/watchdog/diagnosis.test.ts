import { describe, expect, it } from 'vitest';
import type { ServiceStatus } from '#domain/service.ts';
import { diagnose, type Trace } from './diagnosis.ts';

const WHOLE: Trace = {
  brokerProblem: undefined,
  listenerProblem: undefined,
  isTaken: true,
  isSeen: true,
  lateMs: undefined,
};
const status = (service: string, state: ServiceStatus['status'], rest: Partial<ServiceStatus> = {}): ServiceStatus => ({
  service,
  id: service,
  status: state,
  since: 1,
  version: '1',
  ...rest,
});

describe('diagnose()', () => {
  it('names the first place on the way where the beat was not seen any more, whatever else is wrong', () => {
    const all = { brokerProblem: 'ECONNREFUSED', listenerProblem: 'no', isTaken: false, isSeen: false, lateMs: 5_000 };
    const parts: string[] = [];
    parts.push(diagnose(all, []).part);
    parts.push(diagnose({ ...all, brokerProblem: undefined }, []).part);
    parts.push(diagnose({ ...all, brokerProblem: undefined, isTaken: true }, []).part);
    parts.push(diagnose({ ...WHOLE, isSeen: false }, []).part);
    parts.push(diagnose(WHOLE, []).part);
    expect(parts).toEqual(['broker', 'broker', 'watchdog', 'ingest', 'rules']);
  });

  it('a subscription that was refused is not blamed on ingest', () => {
    expect(diagnose({ ...WHOLE, isSeen: false, listenerProblem: 'not granted: points/v1/7' }, [])).toEqual({
      part: 'watchdog',
      words: 'the watchdog gets nothing from the broker (not granted: points/v1/7)',
    });
  });

  it.each([
    [[], 'rules has never reported to this broker'],
    [[status('rules', 'up')], 'rules says that it is up, but gets the beats and answers none'],
    [[status('rules', 'down')], 'rules has left the broker: it is down or it hangs'],
    [[status('rules', 'down', { detail: 'no disk' })], 'rules is down (no disk)'],
    [[status('rules', 'restarting')], 'rules is being started again'],
    [[status('ingest', 'down')], 'rules has never reported to this broker'],
    [
      [status('rules', 'down', { id: 'b' }), status('rules', 'up')],
      'rules says that it is up, but gets the beats and answers none',
    ],
  ])('%j: %s', (statuses, words) => {
    expect(diagnose(WHOLE, statuses)).toEqual({ part: 'rules', words });
  });

  it('says roughly how late answers are, so that each beat is no news', () => {
    const words = (lateMs: number) => diagnose({ ...WHOLE, lateMs }, []).words;
    expect(words(200)).toBe('answers come too late');
    expect(words(12_000)).toBe('answers come too late, after more than 10s');
    expect(words(29_000)).toBe(words(12_000));
    expect(words(7_200_000)).toBe('answers come too late, after more than 1h');
  });
});
