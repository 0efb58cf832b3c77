import { expect, test } from 'vitest';
import { binaryLayout } from './binary-layout.ts';

function problemsOf(field: object): string[] {
  const { error } = binaryLayout.safeParse({ fields: [{ metric: 'm', at: 0, ...field }] });
  return (error?.issues ?? []).map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
}

test.each([
  [{ type: 'u8' }],
  [{ type: 'flag', bit: 7 }],
  [{ type: 'u16', bit: 0, width: 14, scale: 0.001 }],
  [{ type: 'i16', bit: 4, width: 12, none: -2048 }],
  [{ type: 'u32', bit: 1, width: 31 }],
  [{ type: 'text', bytes: 5 }],
  [{ type: 'u8', bit: 0, width: 2, values: { '0': 'off' } }],
])('%j is a field', (field) => {
  expect(problemsOf(field)).toEqual([]);
});

test.each([
  [{ type: 'flag' }, ['bit: is missing: which bit of the byte, 0 to 7']],
  [{ type: 'flag', bit: 8 }, ['bit: reaches beyond the bits of flag']],
  [{ type: 'flag', bit: 1, width: 2 }, ['width: means nothing for flag']],
  [{ type: 'u16', bit: 3, width: 14 }, ['width: reaches beyond the bits of u16']],
  [{ type: 'u16', width: 14 }, ['bit: is missing: some bits of a number are told by the lowest one and by how many']],
  [{ type: 'u16', bit: 3 }, ['width: is missing: some bits of a number are told by the lowest one and by how many']],
  [{ type: 'u64', bit: 0, width: 3 }, ['bit: means nothing for u64', 'width: means nothing for u64']],
  [{ type: 'f32', width: 3 }, ['width: means nothing for f32']],
  [{ type: 'text' }, ['bytes: is missing: how many bytes of text at most']],
  [{ type: 'u8', bytes: 2 }, ['bytes: means nothing for u8']],
  [{ type: 'flag', bit: 0, scale: 2 }, ['scale: means nothing for flag']],
  [
    { type: 'u8', values: { '0': 'off' }, offset: 1 },
    ['values: names raw numbers; scale and offset mean nothing beside it'],
  ],
])('%j is none', (field, problems) => {
  expect(problemsOf(field)).toEqual(problems);
});
