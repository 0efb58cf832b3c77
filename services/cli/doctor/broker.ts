// Whether the broker lets us in: a real connection with the configured login, and a subscription.

import { filters } from '#domain/topic.ts';
import { commandLogin } from '#runtime/access/service-login.ts';
import { brokerAddress } from '#runtime/broker-address.ts';
import { silentLog } from '#runtime/log.ts';
import { MqttConsumer } from '#runtime/mqtt-consumer.ts';
import { brokerUrl } from '#runtime/sections.ts';
import { isGranted } from '../granted.ts';
import { listenProblem } from '../supervisor/ports.ts';
import { type Check, ok } from './finding.ts';

const CONNECT_MS_MAX = 3_000;

export const checkBroker: Check = async ({ config, cli }) => {
  const { url, host, port } = config.broker;
  const target = brokerUrl(config.broker);
  if (url === undefined && (await listenProblem(host, port)) === undefined) {
    const fix = '`penstock start` brings the embedded one up, or set PENSTOCK_BROKER_URL to another';
    return [{ check: 'broker', status: 'warn', detail: 'not running', fix }];
  }
  await using consumer = new MqttConsumer(
    { ...brokerAddress(config.broker), ...commandLogin(config, 'cli') },
    {
      clientId: `cli-doctor-${process.pid}`,
      filters: [filters.services],
      cleanSession: true,
      onDelivery: ({ ack }) => ack(),
    },
    silentLog(),
  );
  if (await isGranted(consumer, CONNECT_MS_MAX, cli)) return [ok('broker', `${new URL(target).host} lets us in`)];
  const detail = `${new URL(target).host}: ${consumer.problem() ?? 'does not answer'}`;
  const fix = 'see that the broker runs there; PENSTOCK_BROKER_URL, _USERNAME and _PASSWORD say where and who we are';
  return [{ check: 'broker', status: 'fail', detail, fix, isUnreachable: true }];
};
