// The writer against what it really meets: both stores, and a store that never answers.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { missingPart, startPipeline } from '../../test/support/pipeline.ts';
import { until } from '../../test/support/processes.ts';
import { openInflux } from './influx.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const good = (n: number) => `reading,area=a,device=d,metric=m,site=s value=${n} ${1_795_355_425_000 + n}`;

for (const kind of ['historian', 'influxdb'] as const) {
  const missing = missingPart({ store: kind });
  describe.skipIf(missing !== undefined)(
    `a real ${kind}${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      it('takes lines once its database is made, and refuses bad ones for good', async () => {
        const { storeUrl, query } = stack.use(await startPipeline({ store: kind, services: [] }));
        const store = openInflux({ url: storeUrl, database: 'plant', keepRaw: 'INF' });
        const failure = async (lines: string) =>
          store.write(lines).then(
            () => undefined,
            (error) => error,
          );
        const first = await failure(good(1));
        if (first !== undefined) expect(first).toMatchObject({ remedy: 'create' });
        expect(await store.create()).toEqual([]);
        expect(await store.create()).toEqual([]);
        await store.write([1, 2, 3].map(good).join('\n'));
        expect(await failure(`${good(4)}\nreading,site= value=1 1\n${good(5)}`)).toMatchObject({ remedy: 'split' });
        expect(await failure(`${good(6)}\n${good(7).replace('value=7', 'value="text"')}`)).toMatchObject({
          remedy: 'split',
        });
        expect(await query('SELECT count(value) FROM "plant"."raw"."reading"')).toMatchObject([[expect.anything(), 6]]);
      }, 60_000);
    },
  );
}

describe('a store that never answers', () => {
  it('does not keep the writer from ending within 10 s, unacknowledged messages left to the broker', async () => {
    let requests = 0;
    const server = createServer(() => requests++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stack.defer(() => {
      server.close();
      server.closeAllConnections();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pipeline = stack.use(
      await startPipeline({ services: ['broker', 'writer'], env: { PENSTOCK_STORE_URL: url } }),
    );
    const device = await pipeline.client();
    await device.publishAsync('points/v1/4', good(1), { qos: 1 });
    await until('the request that hangs', () => (requests > 0 ? true : undefined));
    const writer = pipeline.processes.get('writer');
    const startedAt = performance.now();
    writer?.child.kill('SIGTERM');
    if (writer !== undefined) await once(writer.child, 'exit');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect([writer?.child.exitCode, writer?.output()]).toEqual([0, expect.not.stringContaining('not drained')]);
    await pipeline.restart('writer');
    await until('the message to come again', () => (requests > 1 ? true : undefined));
  }, 60_000);
});
