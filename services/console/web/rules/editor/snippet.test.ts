import { expect, it } from 'vitest';
import { toSnippet } from './snippet.ts';

it.each([
  ['"deadband": $1', `"deadband": \${1}`],
  [`"mode": \${1:"active"},`, `"mode": \${1:"active"},`],
  [String.raw`"\$schema": "$1"`, `"$schema": "\${1}"`],
  ['"inputs": {$1},', `"inputs": \\{\${1}\\},`],
  [`\${1:{ "var": "x" \\}}`, `\${1:\\{ "var": "x" \\}}`],
  ['$0', `\${99}`],
  [String.raw`a \\ b`, String.raw`a \ b`],
])('toSnippet() %s', (lsp, snippet) => {
  expect(toSnippet(lsp)).toBe(snippet);
});
