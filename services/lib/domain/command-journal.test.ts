import { expect, test } from 'vitest';
import { type CommandEntry, encodeCommandEntry } from './command-journal.ts';
import { EVENTS_PER_MS } from './journal.ts';

const ENTRY: CommandEntry = {
  ...{ site: 'lyon', area: 'tank-farm', device: 'T1-inlet', seq: 9, at: 1_800_000_000_000, status: 'SENT' },
  ...{ cid: 'operator/lyon/tank-farm/T1-inlet/a', command: 'valve.set', args: { position: 40 }, actor: 'ada' },
};

test('an entry is one line, what a sender may choose in its fields', () => {
  expect(encodeCommandEntry({ ...ENTRY, comment: 'a "b"\nc', reason: 'why' })).toBe(
    'command_event,area=tank-farm,device=T1-inlet,n=1,site=lyon,status=SENT ' +
      'seq=9i,cid="operator/lyon/tank-farm/T1-inlet/a",command="valve.set",args="{\\"position\\":40}",actor="ada",' +
      'comment="a \\"b\\"\nc",reason="why" 1800000000000',
  );
});

test('what was not said, or cannot be read, is left out', () => {
  const { site, area, device, seq, at } = ENTRY;
  expect(encodeCommandEntry({ site, area, device, seq, at, status: 'REFUSED' })).toBe(
    'command_event,area=tank-farm,device=T1-inlet,n=1,site=lyon,status=REFUSED seq=9i 1800000000000',
  );
});

test('entries of one moment have tags of their own', () => {
  const lines = Array.from({ length: EVENTS_PER_MS }, (_, i) => encodeCommandEntry({ ...ENTRY, seq: i }).split(' ')[0]);
  expect(new Set(lines).size).toBe(EVENTS_PER_MS);
});

test('arguments without end are cut, and half a character is none', () => {
  const args = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`a${i}`, 'x'.repeat(256)]));
  const line = encodeCommandEntry({ ...ENTRY, args, comment: '\ud800' });
  expect(line.length).toBeLessThan(2_500);
  expect(line.isWellFormed()).toBe(true);
});
