import { expect, test } from 'vitest';
import { exportPoints } from './export-points.ts';
import type { Store, Table } from './influx.ts';

const SERIES = { site: 'lyon', area: 'yard', device: 'a1', metric: 'm' };
const COLUMNS = ['time', 'value', 'flag', 'text', 'q'];

/** Points at each ms, as the store would page them. */
function storeOf(rows: readonly Table['rows'][number][]): Store {
  const query = async (influxql: string) => {
    const [, from, limit] = /time >= (\d+)ms .*LIMIT (\d+)$/.exec(influxql) ?? [];
    return { columns: COLUMNS, rows: rows.filter(([at]) => Number(at) >= Number(from)).slice(0, Number(limit)) };
  };
  return { query, tables: async () => [] };
}

async function textOf(store: Store, rowsMax?: number): Promise<string[]> {
  const options = {
    series: [SERIES],
    from: 0,
    to: 1e9,
    unitOf: () => 'Cel',
    ...(rowsMax === undefined ? {} : { rowsMax }),
  };
  const pieces = await Array.fromAsync(exportPoints({ store, database: 'plant' }, options));
  return pieces.join('').split('\r\n').slice(0, -1);
}

test('exportPoints() gives each point with its unit and quality, and no text a spreadsheet would run', async () => {
  const rows = [
    [0, -1.5, null, null, null],
    [1, null, true, null, 1],
    [2, null, null, '=cmd|"/c calc"!A1', 2],
    [3, null, null, 'a,b\nc', null],
    [4, null, null, null, 2],
  ];
  expect(await textOf(storeOf(rows))).toEqual([
    'time,site,area,device,metric,value,unit,quality',
    '1970-01-01T00:00:00.000Z,lyon,yard,a1,m,-1.5,Cel,good',
    '1970-01-01T00:00:00.001Z,lyon,yard,a1,m,true,,uncertain',
    `1970-01-01T00:00:00.002Z,lyon,yard,a1,m,"'=cmd|""/c calc""!A1",,bad`,
    '1970-01-01T00:00:00.003Z,lyon,yard,a1,m,"a,b\nc",,good',
    '1970-01-01T00:00:00.004Z,lyon,yard,a1,m,,,bad',
  ]);
});

test('exportPoints() reads page after page, and says where it was cut', async () => {
  const rows = Array.from({ length: 12_001 }, (_, at) => [at, at, null, null, null]);
  expect((await textOf(storeOf(rows))).length).toBe(12_002);
  const cut = await textOf(storeOf(rows), 12_000);
  expect([cut.length, cut.at(-2), cut.at(-1)]).toEqual([
    12_002,
    expect.stringContaining(',11999,'),
    '"Cut after 12000 rows, in lyon/yard/a1/m: export a shorter range, or fewer series."',
  ]);
  expect((await textOf(storeOf(rows), 12_001)).at(-1)).toContain(',12000,');
});
