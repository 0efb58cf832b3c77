import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logFolder, rejectedFolder } from '#runtime/rejected-log/layout.ts';
import { RECEIVED_AT } from '#runtime/rejected-log/testing.ts';
import { openSegmentLog } from '#runtime/segment-log/segment-log.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { runProgram } from '../program.ts';
import { keepSome } from '../rejected/testing.ts';
import { recordedCli } from '../testing.ts';
import { rejectedListCommand } from './rejected-list.ts';

let data: ReturnType<typeof tempFolder>;
beforeEach(async () => {
  data = tempFolder();
  await keepSome(data.path);
});
afterEach(() => data[Symbol.dispose]());

async function list(...words: string[]) {
  const cli = { ...recordedCli(), now: () => RECEIVED_AT + 3_600_000 };
  const exitCode = await runProgram([rejectedListCommand], ['rejected', 'list', ...words, '--data', data.path], cli);
  // Behind the heading; columns are two spaces apart at least.
  const rows = cli.said.out.trimEnd().split('\n').slice(1);
  return { exitCode, ...cli.said, reasons: rows.map((row) => row.split(/ {2,}/)[2]) };
}

describe('penstock rejected list', () => {
  it('shows all of all services in the order of time, harmless to a terminal', async () => {
    const { exitCode, out, err } = await list();
    expect([exitCode, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toMatch(
      /^ingest-1-\d+ +2026-11-2\d \d\d:\d\d:\d\d +json +plant\/v1\/lyon\/tanks\/tank-01\/tele +7 +character 8 +the payload is not valid JSON: \\x1b\[2Jcleared$/,
    );
    expect(lines[2]).toMatch(/there is no metric 'temprature' \(and 1 more\)$/);
    expect(lines[6]).toMatch(/^writer-1-\d+ .* store +points\/v1\/7 /);
    expect(out).not.toContain('\u001b');
  });

  it.each<[flags: string[], reasons: string[]]>([
    [
      ['--reason', 'json', 'size'],
      ['json', 'size'],
    ],
    [['--reason', 'type'], ['metric']],
    [
      ['--device', 'lyon/tanks/tank-01'],
      ['json', 'metric'],
    ],
    [
      ['--device', 'lyon/tanks/tank-02'],
      ['store', 'store'],
    ],
    [['--device', 'lyon/tanks/nobody'], []],
    [['--topic', 'home/+/temperature'], ['encoding']],
    [
      ['--topic', 'points/#'],
      ['store', 'store'],
    ],
    [
      ['--since', 'now-58m'],
      ['encoding', 'size', 'store', 'store'],
    ],
    [
      ['--limit', '2'],
      ['store', 'store'],
    ],
    [
      ['--reason', 'json', 'store', '--limit', '2'],
      ['store', 'store'],
    ],
  ])('%j selects', async (flags, reasons) => {
    const found = await list(...flags);
    expect(found.reasons).toEqual(reasons);
    expect(found.exitCode).toBe(0);
    if (reasons.length === 0) expect(found.err).toBe('nothing rejected is kept, or none of it is selected\n');
    if (flags.includes('--limit')) expect(found.err).toMatch(/^the newest 2 of [36]; --limit shows more\n$/);
  });

  it('tells kinds together, the one met last first, and shows and selects those of one', async () => {
    const { out, exitCode } = await list('--group');
    expect(exitCode).toBe(0);
    const [heading = '', ...rows] = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(heading).toEqual([
      'group',
      'reason',
      'device or topic',
      'count',
      'replayed',
      'first (UTC)',
      'last (UTC)',
      'example',
      'message',
    ]);
    expect(rows.map(([, reason, who, count]) => [reason, who, count])).toEqual([
      ['store', 'lyon/tanks/tank-02', '2'],
      ['size', 'lyon/tanks/tank-03', '1'],
      ['encoding', 'home/kitchen/temperature', '1'],
      ['metric', 'lyon/tanks/tank-01', '1'],
      ['type', 'lyon/tanks/tank-01', '1'],
      ['json', 'lyon/tanks/tank-01', '1'],
    ]);
    expect(out).not.toContain('\u001b');
    const [[group = ''] = []] = rows;
    expect((await list('--of', group)).reasons).toEqual(['store', 'store']);
    const [data] = (await list('--group', '--json', '--reason', 'type')).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(data).toMatchObject({
      reason: 'metric',
      place: 'temprature',
      count: 1,
      waiting: 1,
      exampleId: expect.stringMatching(/^ingest-1-/),
    });
    expect((await list('--group', '--of', 'none')).err).toBe('nothing rejected is kept, or none of it is selected\n');
  });

  it('gives all of it as data, each on a line of its own', async () => {
    const { out } = await list('--json', '--topic', 'home/#', '--limit', '1');
    expect(out.split('\n')).toHaveLength(2);
    expect(JSON.parse(out)).toMatchObject({
      service: 'ingest',
      retained: true,
      replayedAt: null,
      refusals: [{ reason: 'encoding' }],
      payloadBase64: 'AP9BG1syS' + 'gkJCQkJCQkJCX4=',
    });
    const all = await list('--json');
    expect(all.out).not.toContain('\u001b');
    expect(
      all.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).payload?.length),
    ).toEqual([7, 17, undefined, 1_000, 66, 67]);
  });

  it.each([
    [['--reason', 'jsno'], "there is no reason 'jsno'; did you mean 'json'?"],
    [['--device', 'tank-01'], "--device must be site/area/device, and not 'tank-01'"],
    [['--since', 'yesterday'], '--since must be a moment'],
    [['--limit', '0'], "--limit must be a whole number from 1, and not '0'"],
  ])('%j is wrong usage', async (flags, sentence) => {
    const { exitCode, err, out } = await list(...flags);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
  });

  it('reads what is whole while a service writes, and changes nothing', async () => {
    const file = path.join(logFolder(rejectedFolder(data.path, 'ingest')), '0000000001.log');
    appendFileSync(file, Buffer.from([9, 0, 0, 0, 1, 2, 3]));
    expect((await list()).reasons).toHaveLength(6);
    expect((await list()).reasons).toHaveLength(6);
  });

  it('refuses a folder that holds something else, in words', async () => {
    const folder = logFolder(rejectedFolder(data.path, 'ingest'));
    rmSync(folder, { recursive: true });
    const fail = () => expect.fail('this log must not fail');
    await using other = await openSegmentLog(folder, { kind: 'other', version: 1, onDamage: fail, onFatal: fail });
    other.append(Buffer.from('x'));
    await other.commit();
    const { exitCode, err } = await list();
    expect(exitCode).toBe(78);
    expect(err).toMatch(/^error .*0000000001\.log is a log of 'other', not of 'rejected'; it was not touched\n$/);
  });
});
