// InfluxDB's answer as CSV, which has a word for infinity where JSON has none. What CSV does not tell is taken from both
// answers before they are compared: types, empty texts and empty tags.

import type { Answer, Cell, Series } from './answer.ts';

export async function askCsv(url: string, database: string, q: string): Promise<Answer> {
  const parameters = new URLSearchParams({ db: database, epoch: 'u', q });
  const response = await fetch(`${url}/query?${parameters}`, { headers: { accept: 'application/csv' } });
  const series: { name: string; tags: { readonly [key: string]: string }; columns: string[]; values: Cell[][] }[] = [];
  let columns: string[] = [];
  let head = '';
  for (const [name = '', tags = '', time = '', ...cells] of parse(await response.text())) {
    if (name === 'name' && tags === 'tags') columns = [time, ...cells];
    if (name === '' || (name === 'name' && tags === 'tags')) continue;
    if (JSON.stringify([name, tags]) !== head) {
      series.push({ name, tags: { text: tags.replaceAll('\\', '') }, columns, values: [] });
    }
    head = JSON.stringify([name, tags]);
    series.at(-1)?.values.push([time, ...cells].map(plain));
  }
  return { kind: 'rows', series };
}

function* parse(text: string): Generator<string[]> {
  let row: string[] = [];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end === ',') continue;
    yield row;
    row = [];
  }
}

function plain(text: string): Cell {
  if (text === '' || /^[+-]?Inf$/.test(text)) return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** Ours, as far as CSV would tell it. */
export function asCsv(answer: Answer): Answer {
  if (answer.kind !== 'rows') return answer;
  const told = ({ name = '', tags = {}, columns, values }: Series): Series => {
    const present = Object.entries(tags).filter(([, value]) => value !== '');
    const text = present.map((pair) => pair.join('=')).join(',');
    const cells = values.map((row) => row.map((cell) => plain(String(cell ?? ''))));
    return { name, tags: { text }, columns, values: cells };
  };
  return { kind: 'rows', series: answer.series.map(told) };
}
