import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NORMAL, OwnAlarm } from './own-alarm.ts';
import { readSavedState, type SavedState, stateOfRetained, writeSavedState } from './saved-state.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchdog-state-'));
  file = path.join(folder, 'watchdog', 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function raised(): OwnAlarm {
  const alarm = new OwnAlarm(NORMAL);
  alarm.raise('rules is down (\u0000 `"quoted" ☃)', { ageMs: 20_000 }, 1_000);
  return alarm;
}

const STATE: SavedState = {
  alarm: raised().state,
  outbox: [{ topic: 'journal/v1/7', payload: 'a line\n"quoted"', retain: false }],
  call: { isRaised: true, reason: 'rules is down', at: 1_000 },
};

describe('the file', () => {
  it('gives back what was written, and leaves nothing beside it', () => {
    writeSavedState(file, STATE);
    writeSavedState(file, STATE);
    expect(readSavedState(file)).toEqual({ saved: STATE, problem: undefined });
    expect(readdirSync(path.dirname(file))).toEqual(['state.json']);
  });

  it('that is not there is a first start', () => {
    expect(readSavedState(file)).toEqual({ saved: { alarm: NORMAL, outbox: [], call: null }, problem: undefined });
  });

  const text = JSON.stringify({ format: 1, ...STATE });
  it.each([
    '',
    'null',
    '[]',
    text.slice(0, -10),
    text.replace('"format":1', '"format":2'),
    text.replace('"episode":1', '"episode":-1'),
    '{"__proto__":{"format":1}}',
  ])('that is damaged is put aside, and the watchdog begins anew: %s', (damaged) => {
    mkdirSync(path.dirname(file));
    writeFileSync(file, damaged);
    const { saved, problem } = readSavedState(file);
    expect(saved.alarm).toEqual(NORMAL);
    expect(problem).toBe(`${file} is no state of the watchdog; it was put aside as ${file}.damaged`);
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(damaged);
    expect(existsSync(file)).toBe(false);
  });

  it('that cannot be read is said and left', () => {
    mkdirSync(file, { recursive: true });
    expect(readSavedState(file).problem).toBe(`${file} cannot be read (EISDIR)`);
  });

  it('that cannot be written is thrown, with the code', () => {
    writeFileSync(path.join(folder, 'watchdog'), '');
    expect(() => writeSavedState(file, STATE)).toThrow(/ENOTDIR|EEXIST/);
  });
});

describe('stateOfRetained()', () => {
  const roundTrip = (alarm: OwnAlarm) => stateOfRetained(JSON.stringify(alarm.message()));

  it('reads back an alarm in each state in which one is retained', () => {
    const alarm = raised();
    const known = () => ({ ...alarm.state, story: { ...alarm.state.story, lastAnswer: null } });
    expect(roundTrip(alarm)).toEqual(known());
    alarm.operate({ op: 'ack', episode: 1, by: 'kim', comment: 'seen' }, 'operator', 2_000);
    expect(roundTrip(alarm)).toEqual(known());
    const returned = raised();
    returned.clear(3_000);
    expect(roundTrip(returned)).toMatchObject({ story: { active: false, unacked: true, clearedAt: 3_000 } });
  });

  it.each(['', '{', 'null', '{}', '{"episode":1,"seq":1,"state":"LOUD"}'])('is undefined for %s', (payload) => {
    expect(stateOfRetained(payload)).toBeUndefined();
  });
});
