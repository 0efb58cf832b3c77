// Whether the broker lets us in: a real connection with the configured login, and a subscription.

import { filters } from '#domain/topic.ts';
import { silentLog } from '#runtime/log.ts';
import { MqttConsumer } from '#runtime/mqtt-consumer.ts';
import { brokerUrl } from '#runtime/sections.ts';
import { tryListen } from '../supervisor/ports.ts';
import type { Check } from './finding.ts';
import { ok } from './machine.ts';

const CONNECT_MS_MAX = 3_000;

export const checkBroker: Check = async ({ config, cli }) => {
  const { url, username, password, host, port } = config.broker;
  const target = brokerUrl(config.broker);
  if (url === undefined && typeof (await tryListen(host, port)) === 'number') {
    return [ok('broker', 'not running; `penstock start` brings the embedded one up')];
  }
  await using consumer = new MqttConsumer(
    { url: target, username, password },
    {
      clientId: `penstock-doctor-${process.pid}`,
      filters: [filters.services],
      cleanSession: true,
      onDelivery: ({ ack }) => ack(),
    },
    silentLog(),
  );
  const granted = new AbortController();
  consumer.ready.then(
    () => granted.abort(),
    () => {}, // closed before it was ever ready
  );
  await cli.sleep(CONNECT_MS_MAX, granted.signal);
  if (granted.signal.aborted) return [ok('broker', `${new URL(target).host} lets us in`)];
  const detail = `${new URL(target).host}: ${consumer.problem() ?? 'does not answer'}`;
  const fix = 'see that the broker runs there; PENSTOCK_BROKER_URL, _USERNAME and _PASSWORD say where and who we are';
  return [{ check: 'broker', status: 'fail', detail, fix, isUnreachable: true }];
};
