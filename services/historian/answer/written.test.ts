// The forms of an answer, from the same pieces.

import { describe, expect, test } from 'vitest';
import type { Cell, ResultPiece, ResultSeries } from '../influxql/result.ts';
import { chunkedJson, chunkRows } from './chunked-json.ts';
import { resultsCsv } from './results-csv.ts';
import { resultsJson } from './results-json.ts';

const columns = ['time', 'v'];
const rows = (from: number, to: number): Cell[][] =>
  Array.from({ length: to - from }, (_, i) => [(from + i) * 1_000, from + i]);

function piece(values: Cell[][], own: Partial<ResultSeries> = {}): ResultPiece {
  return { kind: 'series', series: { name: 'm', columns, values, ...own }, zone: undefined };
}

const END: ResultPiece = { kind: 'end' };
const PARTIAL = { isPartial: true } as const;

async function* those(...pieces: ResultPiece[]): AsyncGenerator<ResultPiece> {
  yield* pieces;
}

async function textOf(texts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of texts) text += part;
  return text;
}

const documents = async (texts: AsyncIterable<string>) =>
  (await textOf(texts))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).results[0]);

describe('resultsJson()', () => {
  test('joins the pieces of a series, and keeps series and statements apart', async () => {
    const pieces = those(
      piece(rows(0, 2), PARTIAL),
      piece(rows(2, 3)),
      piece(rows(0, 1), { tags: { t: '' } }),
      END,
      END,
      piece([], { name: 'none', columns: ['user'] }),
      { kind: 'end', messages: [{ level: 'warning', text: 'w' }] },
    );
    expect(await textOf(resultsJson(pieces, 'ms'))).toBe(
      '{"results":[' +
        '{"statement_id":0,"series":[{"name":"m","columns":["time","v"],"values":[[0,0],[1,1],[2,2]]},' +
        '{"name":"m","tags":{"t":""},"columns":["time","v"],"values":[[0,0]]}]},' +
        '{"statement_id":1},' +
        '{"statement_id":2,"series":[{"name":"none","columns":["user"]}],"messages":[{"level":"warning","text":"w"}]}' +
        ']}\n',
    );
  });

  test('a series that an error cuts short is whole JSON, and marked', async () => {
    const text = await textOf(resultsJson(those(piece(rows(0, 2), PARTIAL), { kind: 'end', error: 'e' }), 'ms'));
    expect(JSON.parse(text).results).toEqual([
      {
        statement_id: 0,
        series: [
          {
            name: 'm',
            columns,
            values: [
              [0, 0],
              [1, 1],
            ],
            partial: true,
          },
        ],
        error: 'e',
      },
    ]);
  });

  test('writes a cell as what it is', async () => {
    const cells: Cell[] = [1_500, 2n ** 63n - 1n, -0.5, 1e21, 'a"\n\u2028', true, null, Number.NaN];
    const names = ['time', ...cells.slice(1).map((_, i) => `c${i}`)];
    const text = await textOf(resultsJson(those(piece([cells], { columns: names }), END), undefined));
    expect(text).toContain(
      '[["1970-01-01T00:00:00.0015Z",9223372036854775807,-0.5,1e+21,"a\\"\\n\u2028",true,null,null]]',
    );
  });

  test.each(['json', 'chunked', 'csv'])('%s takes no more pieces than are read', async (form) => {
    let taken = 0;
    async function* endless(): AsyncGenerator<ResultPiece> {
      for (;;) {
        taken++;
        yield piece(rows(0, 10_000), PARTIAL);
      }
    }
    const texts =
      form === 'json'
        ? resultsJson(endless(), 'ms')
        : form === 'csv'
          ? resultsCsv(endless(), 'ms')
          : chunkedJson(endless(), 'ms', 10_000);
    let chars = 0;
    while (chars < 1_000_000) chars += (await texts.next()).value?.length ?? 0;
    expect(taken).toBeLessThan(20);
    await texts.return(undefined);
  });
});

describe('chunkedJson()', () => {
  test.each([
    [2, [2, 2, 1]],
    [3, [3, 2]],
    [5, [5]],
    [100, [5]],
  ])('cuts pieces of 4 and 1 rows anew by %d', async (size, lengths) => {
    const chunks = await documents(chunkedJson(those(piece(rows(0, 4), PARTIAL), piece(rows(4, 5)), END), 'ms', size));
    expect(chunks.map(({ series }) => series[0].values.length)).toEqual(lengths);
    expect(chunks.flatMap(({ series }) => series[0].values)).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    const isLast = (_: unknown, i: number) => (i === lengths.length - 1 ? undefined : true);
    expect(chunks.map(({ partial }) => partial)).toEqual(lengths.map(isLast));
    expect(chunks.map(({ series }) => series[0].partial)).toEqual(lengths.map(isLast));
  });

  test('marks a whole series partial where another of its statement follows', async () => {
    const chunks = await documents(chunkedJson(those(piece(rows(0, 1)), piece(rows(0, 1)), END, END), 'ms', 10));
    expect(chunks.map(({ statement_id, partial }) => [statement_id, partial])).toEqual([
      [0, true],
      [0, undefined],
      [1, undefined],
    ]);
    expect(chunks[0].series[0]).not.toHaveProperty('partial');
  });

  test('an error stands in a document of its own', async () => {
    const chunks = await documents(chunkedJson(those(piece(rows(0, 1)), { kind: 'end', error: 'e' }), 'ms', 10));
    expect(chunks).toMatchObject([{ partial: true }, { statement_id: 0, error: 'e' }]);
  });
});

test.each([
  [null, 10_000],
  ['0', 10_000],
  ['-1', 10_000],
  ['x', 10_000],
  ['7', 7],
  ['99999999', 10_000],
])('chunk_size=%s is %d rows', (asked, expected) => {
  expect(chunkRows(asked)).toBe(expected);
});

test('resultsCsv() heads every statement, quotes what needs it, and tells what failed', async () => {
  const pieces = those(
    piece(
      [
        [1_000, 1e21],
        [2_000, 1.5e-7],
      ],
      { tags: { 'a b': 'x,y', none: '' } },
    ),
    END,
    piece([[3_000, 'say "hi"']], PARTIAL),
    piece([[4_000, null]]),
    END,
    { kind: 'end', error: 'no, not this' },
  );
  expect(await textOf(resultsCsv(pieces, undefined))).toBe(
    [
      'name,tags,time,v',
      'm,"a\\ b=x\\,y",1000000,1000000000000000000000',
      'm,"a\\ b=x\\,y",2000000,0.00000015',
      '',
      'name,tags,time,v',
      'm,,3000000,"say ""hi"""',
      'm,,4000000,',
      '',
      'error',
      '"no, not this"',
      '',
    ].join('\n'),
  );
});
