import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptIn } from '#runtime/rejected-log/testing.ts';
import { tempFolder } from '../../../test/support/processes.ts';
import { runProgram } from '../program.ts';
import { keepSome } from '../rejected/testing.ts';
import { recordedCli } from '../testing.ts';
import { rejectedShowCommand } from './rejected-show.ts';

let data: ReturnType<typeof tempFolder>;
let ids: string[];
beforeEach(async () => {
  data = tempFolder();
  await keepSome(data.path);
  ids = (await keptIn(data.path)).map(({ id }) => id);
});
afterEach(() => data[Symbol.dispose]());

async function show(...words: string[]) {
  const cli = recordedCli();
  const exitCode = await runProgram([rejectedShowCommand], ['rejected', 'show', ...words, '--data', data.path], cli);
  return { exitCode, ...cli.said };
}

describe('penstock rejected show', () => {
  it('shows everything that is wrong, and the payload', async () => {
    const { exitCode, out } = await show(ids[1] ?? '');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^id +ingest-1-\d+\ntopic +plant\/v1\/lyon\/tanks\/tank-01\/tele\nreceived +2026-11-\d\d \d\d:\d\d:\d\d UTC\nmetric +there is no metric 'temprature'\nat +temprature\ntype +of another type\npayload +17 bytes\n\n\{"temprature": 1\}\n$/,
    );
  });

  it('shows bytes that are no text as a dump that is harmless to a terminal', async () => {
    const { out } = await show(ids[2] ?? '');
    expect(out).toContain('UTC, from what the broker had retained\n');
    expect(out).toContain('00000000  00 ff 41 1b 5b 32 4a 09 09 09 09 09 09 09 09 09  ..A.[2J.........\n');
    expect(out).toContain(`00000010  7e${' '.repeat(47)}~\n`);
    expect(out).not.toContain('\u001b');
  });

  it('lets no control character of a sentence through', async () => {
    const { out } = await show(ids[0] ?? '');
    expect(out).toContain(String.raw`json      the payload is not valid JSON: \x1b[2Jcleared`);
  });

  it('says of a payload that was cut how much is kept', async () => {
    const { out } = await show(ids[3] ?? '');
    expect(out).toContain('5000 bytes, of which the first 1000 are kept\n');
    expect(out).toContain(`\n${'x'.repeat(1_000)}\n`);
  });

  it('gives the same as data', async () => {
    const { out } = await show(ids[4] ?? '', '--json');
    expect(JSON.parse(out)).toMatchObject({ id: ids[4], service: 'writer', topic: 'points/v1/7', payloadBytes: 66 });
  });

  it.each([
    [[], 2, 'name one by its id; `penstock rejected list` shows them'],
    [['ingest-1-1'], 1, "no rejection 'ingest-1-1' is kept; the oldest go first"],
    [['\u001b[2J'], 1, String.raw`no rejection '\x1b[2J' is kept`],
  ])('%j is refused with %i', async (words, code, sentence) => {
    const { exitCode, err, out } = await show(...words);
    expect([exitCode, out]).toEqual([code, '']);
    expect(err).toContain(sentence);
  });
});
