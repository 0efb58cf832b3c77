// A conversation with InfluxDB 1.6.7, word for word: databases, retention policies, SHOW in all its forms, deletion, and
// the forms in which answers are written.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openTestServer } from './test-server.ts';

type Said =
  | { readonly write: string; readonly body: string }
  | {
      readonly q: string;
      /** Beside `db=w&epoch=ms`. */
      readonly params?: Record<string, string>;
      readonly accept?: string;
      readonly answer: string;
    };

const conversation: Said[] = JSON.parse(readFileSync(new URL('../testdata/statements.json', import.meta.url), 'utf8'));

test('says what InfluxDB said', async () => {
  await using server = await openTestServer();
  await server.query('DROP DATABASE g', 'POST');
  const wrong: unknown[] = [];
  for (const said of conversation) {
    if ('write' in said) {
      const response = await fetch(`${server.url}/write?${said.write}`, { method: 'POST', body: said.body });
      expect(response.status).toBe(204);
      continue;
    }
    const query = new URLSearchParams({ db: 'w', epoch: 'ms', ...said.params });
    const response = await fetch(`${server.url}/query?${query}`, {
      method: 'POST',
      body: new URLSearchParams({ q: said.q }),
      headers: said.accept === undefined ? {} : { accept: said.accept },
    });
    const text = await response.text();
    if (text !== said.answer) wrong.push({ ...said, here: text });
  }
  expect(wrong).toEqual([]);
});
