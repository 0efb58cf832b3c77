// Questions to every store in turn, and whether all give the same answer.

import { percentile } from '../percentile.ts';
import { difference, seriesOf } from './answer.ts';
import type { Question } from './questions.ts';
import type { Store } from './store.ts';
import type { Row } from './table.ts';

const WARM_UPS = 5;
const ROUNDS = 40;

/** A column of rows per store: p50 and p95 in ms until the whole answer was read. @throws Error where an answer is not right */
export async function askAll(stores: readonly Store[], questions: readonly Question[]): Promise<Row[][]> {
  const columns: Row[][] = stores.map(() => []);
  for (const question of questions) {
    const rows = await ask(stores, question);
    for (const [i, column] of columns.entries()) column.push(...(rows[i] ?? []));
  }
  return columns;
}

async function ask(stores: readonly Store[], question: Question): Promise<Row[][]> {
  using stack = new DisposableStack();
  const asked = stores.map((store) => ({ store, client: stack.use(store.client()), tookMs: [] as number[] }));
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    const influxql = question.influxql(round + WARM_UPS);
    const answers: string[] = [];
    for (const { client, tookMs } of asked) {
      const at = performance.now();
      answers.push(await client.query(influxql));
      if (round >= 0) tookMs.push(performance.now() - at);
    }
    check(influxql, answers, question);
  }
  return asked.map(({ tookMs }) => {
    const sorted = tookMs.sort((a, b) => a - b);
    return [
      [`${question.name}: p50`, percentile(sorted, 0.5), 2],
      [`${' '.repeat(question.name.length)}  p95`, percentile(sorted, 0.95), 2],
    ];
  });
}

function check(influxql: string, answers: readonly string[], { series, rows }: Question): void {
  const [first, ...others] = answers.map(seriesOf);
  if (first?.length !== series || first.some(({ values }) => values.length !== rows))
    throw new Error(
      `"${influxql}": ${series} series of ${rows} rows were to come, and ${first?.map(({ values }) => values.length)} came`,
    );
  for (const other of others) {
    const found = difference(first, other);
    if (found !== undefined) throw new Error(`"${influxql}" is answered differently: ${found}`);
  }
}
