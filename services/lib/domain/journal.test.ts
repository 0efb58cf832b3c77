import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALARM_OVERLAYS } from './alarm.ts';
import { ALARM_EVENT, encodeJournalEntry, JOURNAL_EVENTS, type JournalEntry } from './journal.ts';
import { decodeLine, type Line } from './line-protocol.ts';

const entry: JournalEntry = {
  alarmId: 'a1b2',
  seq: 4,
  rule: 'level-hihi',
  rev: 'sha256:9b1c',
  site: 'lyon',
  area: 'tank-farm',
  instance: 'tank-01',
  episode: 2,
  event: 'ACTIVE',
  state: 'UNACK',
  overlay: null,
  priority: 'critical',
  sampleTime: 1_795_355_425_172,
  journalTime: 1_795_355_425_180,
  inputs: { level: { metric: 'level', value: 9.4, quality: 'GOOD', ageMs: 8, unit: 'm' } },
  summary: 'Level of tank-01 is 9.4 m',
  sinceActiveMs: 8,
  firstOut: true,
  historical: false,
  shadow: false,
};

function decode(line: string): Line {
  const decoded = decodeLine(line);
  if (typeof decoded === 'string') throw new Error(`${decoded}: ${line}`);
  return decoded;
}

/** What the store keeps one point for: measurement, tags and time. */
const identity = (each: JournalEntry) => {
  const { measurement, tags, time } = decode(encodeJournalEntry(each));
  return JSON.stringify([measurement, tags, String(time)]);
};

test('encodeJournalEntry() loses nothing that a replay of the decision needs', () => {
  const line = decode(encodeJournalEntry(entry));
  expect(line.measurement).toBe(ALARM_EVENT);
  expect(line.time).toBe(1_795_355_425_180n);
  expect(Object.fromEntries(line.tags)).toEqual({
    area: 'tank-farm',
    event: 'ACTIVE',
    instance: 'tank-01',
    n: '4',
    rule: 'level-hihi',
    site: 'lyon',
  });
  const fields = Object.fromEntries(line.fields.map(([key, field]) => [key, field.value]));
  expect(fields).toEqual({
    alarmId: 'a1b2',
    seq: 4n,
    episode: 2n,
    state: 'UNACK',
    priority: 'critical',
    urgency: 1n,
    rev: 'sha256:9b1c',
    sampleTime: 1_795_355_425_172n,
    inputs: JSON.stringify(entry.inputs),
    summary: 'Level of tank-01 is 9.4 m',
    sinceActiveMs: 8n,
    activeSince: 1_795_355_425_172n,
    firstOut: true,
    historical: false,
    shadow: false,
  });
});

test('encodeJournalEntry() writes overlay and limit where there is one, and each keeps its type', () => {
  const fieldsOf = (changes: Partial<JournalEntry>) =>
    Object.fromEntries(decode(encodeJournalEntry({ ...entry, ...changes })).fields);
  expect(fieldsOf({ overlay: 'SHLVD', limit: 9, historical: true })).toMatchObject({
    overlay: { type: 'string', value: 'SHLVD' },
    limit: { type: 'float', value: 9 }, // never an integer: a store keeps one type per field for ever
    historical: { type: 'boolean', value: true },
  });
  for (const limit of [0, -0.5, 1e300]) expect(fieldsOf({ limit }).limit).toEqual({ type: 'float', value: limit });
  expect(Object.keys(fieldsOf({}))).not.toContain('overlay');
  expect(Object.keys(fieldsOf({}))).not.toContain('limit');
});

test('every event and overlay is a tag and a field that a store takes', () => {
  for (const event of JOURNAL_EVENTS) {
    const tags = new Map(decode(encodeJournalEntry({ ...entry, event })).tags);
    expect(tags.get('event')).toBe(event);
  }
  for (const overlay of ALARM_OVERLAYS) {
    // What is shown over an alarm does not make another point of it: a repeat must overwrite itself.
    expect(identity({ ...entry, overlay })).toBe(identity(entry));
  }
});

test('texts of people come back as they were written, whatever they hold', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(text, text, text, (summary, actor, comment) => {
      const line = decode(encodeJournalEntry({ ...entry, event: 'ACKED', summary, actor, comment }));
      const fields = new Map(line.fields);
      expect(fields.get('summary')).toEqual({ type: 'string', value: summary });
      expect(fields.get('actor')).toEqual({ type: 'string', value: actor });
      expect(fields.get('comment')).toEqual({ type: 'string', value: comment });
    }),
  );
  const hostile = 'x" 1\nalarm_event,event=ACKED seq=1i 2\\';
  expect(new Map(decode(encodeJournalEntry({ ...entry, comment: hostile })).fields).get('comment')?.value).toBe(
    hostile,
  );
});

test('a repeated entry overwrites itself', () => {
  expect(identity({ ...entry })).toBe(identity(entry));
});

test('two events of one moment are two points', () => {
  expect(identity({ ...entry, event: 'RETURNED', seq: 5 })).not.toBe(identity(entry));
});

test('an input that comes and goes within one millisecond leaves every entry', () => {
  const flapping = [0, 1, 2, 3, 4, 5, 6, 7].map(
    (i) => ({ ...entry, seq: 10 + i, event: i % 2 === 0 ? 'ACTIVE' : 'RETURNED' }) as const,
  );
  expect(new Set(flapping.map(identity)).size).toBe(flapping.length);
});

test('two commands of one moment are two points, and so are the states of one command', () => {
  const command = (action: string, status: 'QUEUED' | 'SENT') =>
    ({ ...entry, event: 'COMMAND', command: { cid: `level-hihi/tank-01/2/${action}`, status } }) as const;
  const entries = [command('close', 'QUEUED'), command('close', 'SENT'), command('stop', 'QUEUED')];
  expect(new Set(entries.map(identity)).size).toBe(3);
  const line = decode(encodeJournalEntry(command('close', 'SENT')));
  expect(new Map(line.tags).get('event')).toBe('COMMAND:SENT');
  expect(new Map(line.fields).get('cid')?.value).toBe('level-hihi/tank-01/2/close');
});

test('a correlation id without an action is written all the same', () => {
  const odd = {
    ...entry,
    event: 'COMMAND',
    command: { cid: 'x/', status: 'FAILED', reason: 'no "answer"\n' },
  } as const;
  expect(new Map(decode(encodeJournalEntry(odd)).fields).get('commandReason')?.value).toBe('no "answer"\n');
});
