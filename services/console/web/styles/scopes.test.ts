// A style sheet that comes with one page stays when another is shown: outside its scope it would change that one's look.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const folder = import.meta.dirname;
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const everywhere = new Set([
  'page.css',
  ...[...read('page.css').matchAll(/"\.\/([\w-]+\.css)"/g)].map(([, name]) => name),
]);
const ofOnePage = readdirSync(folder).filter((name) => name.endsWith('.css') && !everywhere.has(name));

test.each(ofOnePage)('%s is within its page alone', (name) => {
  const rules = read(name).replaceAll(/\/\*.*?\*\//gs, '');
  expect(rules.trim()).toMatch(/^@scope \(.*\[data-page="[a-z]+"\].*\) \{/);
  let depth = 0;
  const closings = [...rules.trim()].flatMap((sign, at) => {
    if (sign === '{') depth++;
    if (sign === '}') depth--;
    return sign === '}' && depth === 0 ? [at] : [];
  });
  expect(closings).toEqual([rules.trim().length - 1]);
});
