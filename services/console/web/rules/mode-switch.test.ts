import { describe, expect, it } from 'vitest';
import { modeOf, withMode } from './mode-switch.ts';

const RULE = '{\n  "id": "tank-hot", // kept\n  "mode": "active",\n  "inputs": { "t": "temperature" },\n}\n';

describe('modeOf()', () => {
  it.each([
    [RULE, 'active'],
    ['{ "id": "a" }', 'active'],
    ['{ "mode": "shadow" }', 'shadow'],
    ['{ "mode": "loud" }', undefined],
    ['[]', undefined],
    ['', undefined],
  ])('%j', (text, mode) => expect(modeOf(text)).toBe(mode));
});

describe('withMode()', () => {
  it('changes the word alone', () => {
    expect(withMode(RULE, 'shadow')).toBe(RULE.replace('"active"', '"shadow"'));
  });
  it('comes behind what the rule is called where there was none', () => {
    const text = withMode('{\n  "id": "a",\n  "inputs": {}\n}\n', 'shadow');
    expect(text).toBe('{\n  "id": "a",\n  "mode": "shadow",\n  "inputs": {}\n}\n');
  });
});
