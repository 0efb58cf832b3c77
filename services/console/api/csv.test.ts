import { expect, test } from 'vitest';
import { formatCsvRow } from './csv.ts';

test.each([
  [['a', 1, true, null], 'a,1,true,'],
  [['a,b', 'a"b', 'a\nb', 'a\rb'], '"a,b","a""b","a\nb","a\rb"'],
  [['=1+1', '+1', '-1', '@x', '\t=1'], "'=1+1,'+1,'-1,'@x,'\t=1"],
  [[-1.5, 1e21], '-1.5,1e+21'],
  [['=a,"b"'], '"\'=a,""b"""'],
])('formatCsvRow(%j)', (cells, text) => {
  expect(formatCsvRow(cells)).toBe(`${text}\r\n`);
});
