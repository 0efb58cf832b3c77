import { expect, it } from 'vitest';
import { textOfMarkdown } from './markdown-text.ts';

it.each([
  ['stays RTNUN\\.', 'stays RTNUN.'],
  ['one\\\ntwo', 'one\ntwo'],
  ['a \\\\ b', 'a \\ b'],
  ['\\{ "x": \\[1\\] \\}', '{ "x": [1] }'],
  ['&nbsp;&nbsp;in', '  in'],
])('textOfMarkdown() %j', (markdown, text) => expect(textOfMarkdown(markdown)).toBe(text));
