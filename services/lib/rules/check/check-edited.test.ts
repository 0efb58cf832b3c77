import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkEdited, testFileOf } from './check-edited.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'check-edited-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const rule = (id: string, more: object = {}) =>
  JSON.stringify({ id, inputs: { t: 'temperature' }, condition: { '>': [{ var: 't' }, 80] }, deadband: 2, ...more });
const put = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
const TESTS = JSON.stringify({
  tests: [
    {
      ...{ name: 'both ways', interval: '1s', series: [{ device: 'd', metric: 'temperature', values: '70 90 70' }] },
      expect: [{ at: '1s', instance: 'd', state: 'UNACK' }],
    },
  ],
});

function check(name: string, text: string, test?: string) {
  const file = path.join(dir, name);
  const edited = {
    rule: { file, text },
    test: test === undefined ? undefined : { file: testFileOf(file), text: test },
  };
  const { own, others } = checkEdited(dir, edited);
  const codes = (findings: typeof own) => findings.map(({ file: of, code }) => `${path.basename(of)} ${code}`);
  return { own: codes(own), others: codes(others) };
}

describe('checkEdited()', () => {
  it('takes the text in place of the file, and the test of the editor in place of that on disk', () => {
    put('hot.json', '{');
    put('hot.test.json', '{');
    expect(check('hot.json', rule('hot', { groupBy: ['device'] }), TESTS)).toEqual({ own: [], others: [] });
    expect(check('hot.json', rule('hot', { groupBy: ['device'] })).own).toContain('hot.test.json JSON');
  });

  it('says that a rule without tests has none', () => {
    expect(check('hot.json', rule('hot')).own).toEqual(['hot.json R017']);
  });

  it('is not told what is wrong with others anyway, and is told what they say because of the text', () => {
    put('broken.json', '{');
    put('reader.json', rule('reader', { condition: { alarm: 'hot' }, deadband: undefined }));
    put('hot.json', rule('hot'));
    expect(check('hot.json', rule('hot'), TESTS).others).toEqual([]);
    const circle = check('hot.json', rule('hot', { condition: { alarm: 'reader' }, deadband: undefined }));
    expect([...circle.own, ...circle.others]).toContainEqual(expect.stringMatching(/(?:hot|reader)\.json RULE|R0/));
    expect(circle.others.some((each) => each.startsWith('broken'))).toBe(false);
  });
});
