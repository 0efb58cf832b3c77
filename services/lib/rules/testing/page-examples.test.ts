import { expect, test } from 'vitest';
import { codeSpansIn, examplesIn } from './page-examples.ts';

const block = (text: string, mark = '') => `Some words.\n\n\`\`\`json${mark}\n${text}\n\`\`\`\n`;

test.each([
  ['{ "id": "hot", "inputs": {}, "metrics": {} }', '', 'rule'],
  ['{ "tests": [] }', '', 'tests'],
  ['{ "topic": "home/{area}", "format": "value" }', '', 'source'],
  ['{ "model": "boiler", "metrics": {} }', '', 'model'],
  ['{ "site": "home", "devices": {} }', '', 'devices'],
  ['{ "onDelay": "5s" } // with a comment', ' part', 'part'],
  ['{ "anything": 1 }', ' fragment', 'fragment'],
])('examplesIn() knows %s', (text, mark, kind) => {
  expect(examplesIn(block(text, mark))).toMatchObject([{ kind, line: 3 }]);
});

test.each([
  ['{ "op": "ack" }', '', /line 3: the block is no file of the rules folder/],
  ['{ "inputs": {} }', ' rule', /mark it as part or as fragment/],
  ['{ "__proto__": { "inputs": {} } }', '', /no file of the rules folder/],
  ['{ "inputs": ', '', /line 3: the block is no JSON object/],
  ['"inputs"', '', /no JSON object/],
])('examplesIn() lets no %s escape', (text, mark, message) => {
  expect(() => examplesIn(block(text, mark))).toThrow(message);
});

test('examplesIn() counts lines, and leaves other languages alone', () => {
  const page = `${block('{ "tests": [] }')}\n\`\`\`sh\nnpm start\n\`\`\`\n${block('{ "tests": [] }')}`;
  expect(examplesIn(page).map(({ line }) => line)).toEqual([3, 12]);
});

test('codeSpansIn() reads sentences and tables, and no blocks', () => {
  expect(codeSpansIn(`Use \`a\` or \`b c\`.\n\n| \`d\` |\n\n${block('{ "tests": ["`e`"] }')}`)).toEqual([
    'a',
    'b c',
    'd',
  ]);
});
