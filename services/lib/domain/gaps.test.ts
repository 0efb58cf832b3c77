import { describe, expect, it } from 'vitest';
import { type GapReport, parseGapReport } from './gaps.ts';

const report: GapReport = {
  site: 'lyon',
  area: 'farm',
  device: 't1',
  missed: 5,
  since: 1_700_000_000_000,
  gaps: [
    { boot: 3, from: 7, to: 7, since: 1_700_000_000_000 },
    { boot: 4, from: 10, to: 12, since: 1_700_000_009_000 },
  ],
  unlisted: 1,
};

describe('parseGapReport()', () => {
  it.each([report, { ...report, missed: 1, gaps: [] }])('takes what ingest writes: %j', (each) => {
    expect(parseGapReport(JSON.parse(JSON.stringify(each)))).toEqual(each);
  });

  it('leaves out what it does not know', () => {
    const gaps = report.gaps.map((gap) => ({ ...gap, later: 1 }));
    expect(parseGapReport({ ...report, gaps, later: 1 })).toEqual(report);
  });

  it.each<[change: unknown, problem: string]>([
    [null, 'a report of gaps is a JSON object'],
    [[], 'a report of gaps is a JSON object'],
    [{ ...report, site: undefined }, "'site' must be a letter or digit"],
    [{ ...report, device: '__proto__' }, "'device' must be a letter or digit"],
    [{ ...report, missed: -1 }, "'missed' must be a whole number from 0"],
    [{ ...report, since: '1' }, "'since' must be a whole number from 0"],
    [{ ...report, unlisted: 0.5 }, "'unlisted' must be a whole number from 0"],
    [{ ...report, gaps: {} }, "'gaps' must be a list"],
    [{ ...report, gaps: [null] }, "each of 'gaps' must have"],
    [{ ...report, gaps: [{ boot: 1, from: 3, to: 2, since: 1 }] }, "each of 'gaps' must have"],
    [{ ...report, gaps: [{ boot: 1, from: 3, to: 3 }] }, "each of 'gaps' must have"],
  ])('refuses %j', (payload, problem) => {
    expect(parseGapReport(payload)).toContain(problem);
  });
});
