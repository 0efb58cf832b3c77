import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { FakeBroker } from '../../../test/support/fake-broker.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

type Running = { readonly child: ChildProcess; readonly output: () => string; readonly ended: Promise<unknown> };

/** A child with nothing of ours in its environment but what is given. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, args, { cwd: root, env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  opened.push({
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  });
  return { child, output: () => output, ended };
}

/** A service whose start is the given body; `service` is in its scope. */
function runScript(body: string, env: Readonly<Record<string, string>> = {}): Running {
  const script = `
    import { runService } from '#runtime/process.ts';
    import { openServiceBus } from '#runtime/service-bus.ts';
    await runService('ingest', {}, async (service) => { ${body} });`;
  return run(['--input-type=module', '-e', script], env);
}

function runBroker(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Running {
  const free = { PENSTOCK_BROKER_PORT: '0', PENSTOCK_BROKER_WS_PORT: '0', PENSTOCK_BROKER_METRICS_PORT: '0' };
  return run(['services/broker/main.ts', ...args], { ...free, ...env });
}

const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 10_000, interval: 10 });
const says = (service: Running, words: string) => soon(() => expect(service.output()).toContain(words));

async function takePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(server);
  const address = server.address();
  return typeof address === 'object' && address !== null ? String(address.port) : '';
}

test('wrong settings end with 78 and every problem in words, without a stack trace', async () => {
  const broker = runBroker({ PENSTOCK_DEMO: 'maybe' }, ['--broker-prot=1']);
  expect(await broker.ended).toBe(78);
  expect(broker.output()).toContain(
    'broker: flag --broker-prot: there is no such setting; did you mean --broker-port?\n',
  );
  expect(broker.output()).toContain('broker: environment PENSTOCK_DEMO: demo:');
  expect(broker.output()).not.toMatch(/^\s+at /m);
});

test.each(['PENSTOCK_BROKER_PORT', 'PENSTOCK_BROKER_WS_PORT', 'PENSTOCK_BROKER_METRICS_PORT'])(
  'a port in use ends with 69 and names %s',
  async (setting) => {
    const port = await takePort();
    const broker = runBroker({ [setting]: port });
    expect(await broker.ended).toBe(69);
    expect(broker.output()).toContain(
      `broker: port ${port} at 127.0.0.1 is in use by another program; set ${setting} to a free port\n`,
    );
    expect(broker.output()).not.toMatch(/^\s+at /m);
  },
);

test.each(['PENSTOCK_BROKER_HOST', 'PENSTOCK_BROKER_WS_HOST'])(
  '%s beyond this machine is refused with 78 without encryption, with both ways out',
  async (setting) => {
    const broker = runBroker({ [setting]: '0.0.0.0' });
    expect(await broker.ended).toBe(78);
    expect(broker.output()).toMatch(/^broker: will not listen on 0\.0\.0\.0 without encryption/);
    for (const wayOut of [
      `TLS (PENSTOCK_BROKER_TLS_HOST) and set ${setting} to 127.0.0.1`,
      'PENSTOCK_BROKER_PLAINTEXT=allow',
    ])
      expect(broker.output()).toContain(wayOut);
  },
);

test.each(['SIGTERM', 'SIGINT'] as const)('%s closes everything in reverse order and ends with 0', async (signal) => {
  const service = runScript(`
    const close = (name) => async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      process.stdout.write('closed ' + name + '\\n');
    };
    service.stack.defer(close('first'));
    service.stack.defer(close('second'));`);
  await says(service, '"msg":"ready"');
  service.child.kill(signal);
  expect(await service.ended).toBe(0);
  expect(service.output()).toMatch(/closed second\nclosed first\n$/);
});

test('the broker itself ends with 0', async () => {
  const broker = runBroker();
  await says(broker, '"msg":"ready"');
  broker.child.kill('SIGTERM');
  expect(await broker.ended).toBe(0);
});

test('a second signal ends at once', async () => {
  const service = runScript(`
    setInterval(() => {}, 1_000);
    service.stack.defer(() => new Promise(() => process.stdout.write('closing\\n')));`);
  await says(service, '"msg":"ready"');
  service.child.kill('SIGTERM');
  await says(service, 'closing\n');
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(130);
});

test('a signal during the start ends with 0, whatever the start then stumbles over', async () => {
  const service = runScript(`
    const { promise, resolve } = Promise.withResolvers();
    service.stack.defer(resolve);
    process.stdout.write('starting\\n');
    await promise;
    service.stack.defer(() => {});`);
  await says(service, 'starting\n');
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(service.output()).not.toMatch(/^\s+at /m);
});

test('a supervised service ends when its supervisor is gone', async () => {
  const service = runScript('setInterval(() => {}, 1_000);', { PENSTOCK_SUPERVISED: '1' });
  await says(service, '"msg":"ready"');
  service.child.stdin?.end();
  expect(await service.ended).toBe(0);
});

test('a service that nobody supervises does not care for its stdin', async () => {
  const service = runScript(`
    setInterval(() => {}, 1_000);
    process.stdin.resume().once('end', () => setImmediate(() => process.stdout.write('still here\\n')));`);
  await says(service, '"msg":"ready"');
  service.child.stdin?.end();
  await says(service, 'still here\n');
  expect(service.child.exitCode).toBeNull();
});

test('a bug crashes with its stack trace, for the supervisor to start the service anew', async () => {
  const service = runScript(`throw new TypeError('a bug');`);
  expect(await service.ended).not.toBe(0);
  expect(service.output()).toMatch(/TypeError: a bug\n\s+at /);
});

test('it says "up" on its status topic at each connection, with a last will, and "down" when it goes', async () => {
  const broker = await new FakeBroker().listen();
  opened.push(broker);
  const service = runScript('openServiceBus(service);', { PENSTOCK_BROKER_URL: broker.url });
  const statuses = () =>
    broker.connections.map((each) =>
      each.of('publish').map(({ topic, retain, payload }) => [topic, retain, JSON.parse(String(payload)).status]),
    );
  const up = ['service/v1/ingest/ingest', true, 'up'];
  await soon(() => expect(statuses()).toEqual([[up]]));
  expect(JSON.parse(String(broker.last.of('connect')[0]?.will?.payload))).toMatchObject({ status: 'down' });
  broker.last.socket.destroy();
  await soon(() => expect(statuses()).toEqual([[up], [up]]));
  const [first, second] = broker.connections.map((each) => JSON.parse(String(each.of('publish')[0]?.payload)).since);
  expect(second, 'a reconnect is no new start').toBe(first);
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(statuses()[1]).toEqual([up, ['service/v1/ingest/ingest', true, 'down']]);
});

test('a broker that has gone silent does not keep a service from ending in time', async () => {
  const broker = await new FakeBroker().listen();
  opened.push(broker);
  broker.answer = (packet) => (packet.cmd === 'publish' ? [] : undefined);
  const service = runScript('openServiceBus(service);', { PENSTOCK_BROKER_URL: broker.url });
  await soon(() => expect(broker.connections.at(-1)?.of('publish')).toHaveLength(1));
  service.child.kill('SIGTERM');
  expect(await service.ended).toBe(0);
});
