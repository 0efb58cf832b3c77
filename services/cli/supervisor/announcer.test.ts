import { expect, it } from 'vitest';
import type { ServiceStatus } from '#domain/service.ts';
import { topics } from '#domain/topic.ts';
import { MemoryBus } from '#runtime/memory-bus.ts';
import { Announcer } from './announcer.ts';

const TOPIC = topics.service('ingest', 'ingest');
const status = (status: ServiceStatus['status']) =>
  JSON.stringify({ service: 'ingest', id: 'ingest', status, since: 1, version: '1' } satisfies ServiceStatus);

function open() {
  const bus = new MemoryBus();
  const announcer = new Announcer({ bus, names: ['ingest'], version: '1', clientId: 'test', now: () => 7 });
  const last = () => JSON.parse(bus.retained.get(TOPIC)?.toString() ?? 'null');
  return { bus, announcer, last };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('says that a child is being restarted, and why', async () => {
  const { announcer, last } = open();
  announcer.take({ kind: 'ended', name: 'ingest', detail: 'ended with exit code 1; starting again in 0.5 s' });
  await settled();
  expect(last()).toEqual({
    service: 'ingest',
    id: 'ingest',
    status: 'restarting',
    since: 7,
    version: '1',
    detail: 'ended with exit code 1; starting again in 0.5 s',
  });
});

it('says it again when the last will comes after it, and is quiet once the child is back', async () => {
  const { bus, announcer, last } = open();
  announcer.take({ kind: 'ended', name: 'ingest', detail: 'ended' });
  await bus.publish(TOPIC, status('down'), { retain: true });
  await settled();
  expect(last()).toMatchObject({ status: 'restarting' });
  await bus.publish(TOPIC, status('up'), { retain: true });
  announcer.take({ kind: 'ready', name: 'ingest', afterMs: 3 });
  await settled();
  expect(last()).toMatchObject({ status: 'up' });
  await bus.publish(TOPIC, status('down'), { retain: true });
  await settled();
  expect(last()).toMatchObject({ status: 'down', since: 1 });
});

it('a child that is left down is down, with the reason', async () => {
  const { bus, announcer, last } = open();
  announcer.take({ kind: 'left', name: 'ingest', detail: 'its configuration is invalid' });
  await bus.publish(TOPIC, status('down'), { retain: true });
  await settled();
  expect(last()).toMatchObject({ status: 'down', detail: 'its configuration is invalid' });
});

it('says nothing of a child that has no status topic', async () => {
  const { bus, announcer } = open();
  announcer.take({ kind: 'ended', name: 'simulator', detail: 'ended' });
  await settled();
  expect(bus.sent).toEqual([]);
});
