import { afterEach, beforeEach, expect, test } from 'vitest';
import { tempFolder } from '../../../test/support/processes.ts';
import { TestCertificates } from '../../../test/support/test-certificates.ts';
import { certificateProblems, firstEndAt } from './certificate-problems.ts';
import { type ReadCertificates, readCertificates, validityProblem } from './read-certificates.ts';
import { normalSerial, parseRevocationList } from './revocation-list.ts';

const DAY_MS = 86_400_000;
const EPOCH = Date.parse('2030-01-01T00:00:00Z');

let folder: ReturnType<typeof tempFolder>;
let made: TestCertificates;
let read: ReadCertificates;
beforeEach(async () => {
  folder = tempFolder();
  made = await TestCertificates.make(folder.path);
  await made.rotate({ from: new Date(EPOCH - 100 * DAY_MS), to: new Date(EPOCH) });
  read = readCertificates(made.files);
});
afterEach(() => folder[Symbol.dispose]());

test.each([
  [31, undefined, ''],
  [30, 'medium', 'expires on 2030-01-01 00:00 UTC, in 30 days'],
  [7.5, 'medium', 'in 7 days'],
  [7, 'high', 'in 7 days'],
  [1.5, 'high', 'in 1 day'],
  [1, 'critical', 'in 1 day'],
  [0.5, 'critical', 'in less than a day'],
  [0, 'critical', 'has expired on 2030-01-01 00:00 UTC'],
  [-1, 'critical', 'has expired'],
] as const)('%d days before the end it is %s', (days, priority, words) => {
  const problems = certificateProblems(read, EPOCH - days * DAY_MS);
  expect(problems.map((each) => [each.id, each.priority])).toEqual(
    priority === undefined ? [] : [['certificate-server', priority]],
  );
  expect(problems[0]?.text ?? '').toContain(words);
  if (priority !== undefined) expect(problems[0]?.text).toContain('penstock cert rotate');
});

test('authority and list of revoked ones end too', () => {
  expect(firstEndAt(read)).toBe(EPOCH);
  const authorityEnd = read.authorities[0]?.validToDate.getTime() ?? 0;
  const ids = certificateProblems(read, authorityEnd).map(({ id }) => id);
  expect(ids).toEqual(['certificate-server', 'certificate-authority', 'certificate-revocations']);
});

test('what would turn every client away is not taken: expired, not yet valid, a list out of date', () => {
  expect(validityProblem(read, EPOCH - DAY_MS)).toBeUndefined();
  expect(validityProblem(read, EPOCH)).toContain('expired on 2030-01-01');
  expect(validityProblem(read, EPOCH - 200 * DAY_MS)).toContain('not valid before');
  const list = { ...parseRevocationList(Buffer.from(String(read.secure.crl))), nextUpdateAt: EPOCH - 2 * DAY_MS };
  const [authority] = read.authorities;
  if (authority === undefined) throw new Error('it has one');
  expect(validityProblem({ ...read, revoked: { list, authority } }, EPOCH - DAY_MS)).toContain(
    'was good until 2029-12-30',
  );
});

test('a list of revoked ones is read, and known by who signed it', async () => {
  using elsewhere = tempFolder();
  const other = await TestCertificates.make(elsewhere.path);
  const [first, second] = [await made.client('a'), await made.client('b')];
  await made.revoke(first.serial);
  const { revoked } = readCertificates(made.files);
  expect([...(revoked?.list.serials ?? [])]).toEqual([first.serial]);
  expect(revoked?.list.serials.has(second.serial)).toBe(false);
  made.overwrite('crl', await other.authority.revocationList([], Date.now()));
  expect(() => readCertificates(made.files)).toThrow('is signed by none of the authorities');
  const whole = Buffer.from(await made.authority.revocationList([], Date.now()));
  for (let length = 0; length < whole.length - 40; length += 7) {
    expect(() => parseRevocationList(whole.subarray(0, length)), `${length} bytes`).toThrow();
  }
});

test.each([
  ['00ff', 'FF'],
  ['0', '00'],
  ['abc', '0ABC'],
  ['00', '00'],
])('normalSerial(%s) is %s', (hex, normal) => {
  expect(normalSerial(hex)).toBe(normal);
});
