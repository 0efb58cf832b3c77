import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditFolder } from '#runtime/audit-log/layout.ts';
import { AT, bytesIn, eventOf, firstSegmentFile, forgedSegment, openTestAudit } from '#runtime/audit-log/testing.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { auditHeadCommand } from './audit-head.ts';
import { auditListCommand } from './audit-list.ts';
import { auditVerifyCommand } from './audit-verify.ts';

const COMMANDS = [auditListCommand, auditVerifyCommand, auditHeadCommand];
const HOSTILE = 'x\u001b[2J\r\nroot ok\u202e';

let data: ReturnType<typeof tempFolder>;
let folder: string;
beforeEach(async () => {
  data = tempFolder();
  folder = auditFolder(data.path);
  const audit = await openTestAudit(folder);
  await audit.append(eventOf());
  await audit.append({ what: 'login failed', who: { user: HOSTILE, address: '10.0.0.66' }, outcome: 'wrong password' });
  const payload = Buffer.from(`{"note":${JSON.stringify(HOSTILE)},"wifiPassword":"hunter2"}`);
  await audit.append(
    eventOf({ topic: 'plant/v1/lyon/tanks/pico-01/cfg/desired', who: { user: 'eve', role: 'engineer' }, payload }),
  );
  await audit.append(
    eventOf({ what: 'refused', topic: `state/v1/${HOSTILE}`, payload: Buffer.from([0xff, 0x1b]), outcome: HOSTILE }),
  );
  await audit[Symbol.asyncDispose]();
});
afterEach(() => data[Symbol.dispose]());

async function audit(...words: string[]) {
  const cli = { ...recordedCli(), now: () => AT + 3_600_000 };
  const exitCode = await runProgram(COMMANDS, ['audit', ...words, '--data', data.path], cli);
  return { exitCode, ...cli.said };
}

describe('penstock audit list', () => {
  it('shows each record on one line, harmless to a terminal and without a secret', async () => {
    const { exitCode, out, err } = await audit('list');
    expect([exitCode, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(/^n +at \(UTC\) +what +who +from +topic +outcome +payload$/);
    expect(lines[2]).toMatch(
      /^2 +2026-11-2\d .* publish +ann \(operator\) as console-1 +10\.0\.0\.7 +plant\/v1\/lyon\/tanks\/valve-01\/cmd +allowed +\{"cmd":"open"\}$/,
    );
    expect(out).toContain('x\\x1b[2J\\x0d\\x0aroot ok\\u202e');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is proven
    expect(out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(out).not.toContain('hunter2');
  });

  it.each<[flags: string[], ns: number[]]>([
    [
      ['--user', 'ann'],
      [2, 5],
    ],
    [['--user', HOSTILE], [3]],
    [
      ['--what', 'login failed', 'refused'],
      [3, 5],
    ],
    [
      ['--topic', 'plant/#'],
      [2, 4],
    ],
    [['--topic', '+/+/+/+/pico-01/cfg/desired'], [4]],
    [
      ['--since', 'now-2h'],
      [1, 2, 3, 4, 5, 6],
    ],
    [['--since', 'now-1m'], []],
    [['--user', 'ann', '--what', 'publish'], [2]],
  ])('%j selects', async (flags, ns) => {
    const { out, err } = await audit('list', '--json', ...flags);
    expect(err).toBe('');
    const lines = out === '' ? [] : out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).n)).toEqual(ns);
    expect(out).not.toContain('\u001b');
  });

  it('shows the newest, and says how many there are', async () => {
    const { out, err } = await audit('list', '--limit', '2');
    expect(out.trimEnd().split('\n')).toHaveLength(3);
    expect(err).toBe('the newest 2 of 6; --limit shows more\n');
  });

  it.each([
    [['--what', 'pulbish'], "nothing is called 'pulbish'; did you mean 'publish'?"],
    [['--since', 'yesterday'], '--since must be a moment'],
    [['--limit', '0'], "--limit must be a whole number from 1, and not '0'"],
  ])('%j is wrong usage', async (flags, sentence) => {
    const { exitCode, out, err } = await audit('list', ...flags);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
  });

  it('says where there is nothing', async () => {
    const { exitCode, err } = await audit('list', '--folder', `${data.path}/nowhere`);
    expect([exitCode, err]).toEqual([0, expect.stringContaining('has no record')]);
  });
});

describe('penstock audit verify', () => {
  it('is content with what was written, and says what that does not prove', async () => {
    const { exitCode, out, err } = await audit('verify');
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(/^ok each follows from the one before: 6 records, 1 to 6; head 6:[0-9a-f]{64}\n$/),
    ]);
    expect(err).toContain('compare with a head that was noted elsewhere');
  });

  it('ends with 1 and the place where a record was changed, also as JSON', async () => {
    const bytes = await bytesIn(folder);
    const forged = Buffer.from(String(bytes[1]).replace('open', 'shut'));
    writeFileSync(firstSegmentFile(folder), forgedSegment(bytes.with(1, forged)));
    const { exitCode, out } = await audit('verify');
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /^wrong .*0000000001\.log at \d+: record 3 does not follow from record 2: that one was changed/,
    );
    expect(out).toContain('; 1 wrong\n');
    const json = await audit('verify', '--json');
    expect([json.exitCode, JSON.parse(json.out).findings[0].n]).toEqual([1, 3]);
  });

  it('compares with the head that `audit head` printed', async () => {
    const { out: head, exitCode } = await audit('head');
    expect([exitCode, head]).toEqual([0, expect.stringMatching(/^6:[0-9a-f]{64}\n$/)]);
    const same = await audit('verify', '--head', head.trim());
    expect([same.exitCode, same.err]).toEqual([0, '']);
    const other = await audit('verify', '--head', `6:${'0'.repeat(64)}`);
    expect([other.exitCode, other.out]).toEqual([1, expect.stringContaining('the chain was written anew')]);
    const wrong = await audit('verify', '--head', 'abc');
    expect([wrong.exitCode, wrong.err]).toEqual([
      2,
      expect.stringContaining('--head must be a number, a colon and 64 hex digits'),
    ]);
  });

  it('without a journal there is nothing to verify and no head', async () => {
    const nowhere = ['--folder', `${data.path}/nowhere`];
    expect(await audit('verify', ...nowhere)).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('there is no record'),
    });
    expect(await audit('head', ...nowhere)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('there is no record'),
    });
  });
});
