// This host at the broker, as Sparkplug has it: online from when ingest reads until it does not (host-state.ts). On a connection of its
// own, whose last will is the host's death; services have another on theirs.

import { serviceLogin } from '#runtime/access/service-login.ts';
import { brokerAddress } from '#runtime/broker-address.ts';
import type { Sections } from '#runtime/config.ts';
import { openMqttBus } from '#runtime/mqtt-bus.ts';
import type { Service } from '#runtime/process.ts';
import { serviceClientId } from '#runtime/service-bus.ts';
import { HostState } from './host-state.ts';

/** @param reading resolves when the messages of edge nodes are subscribed to */
export function openSparkplugHost<S extends Sections>(
  service: Service<S>,
  {
    host,
    replica,
    reading,
  }: { readonly host: string; readonly replica: string | undefined; readonly reading: Promise<void> },
): void {
  const { name, log, health, stack, now } = service;
  const config = service.config as Service<Record<never, never>>['config'];
  const state = new HostState(host, now);
  const clientId = `${serviceClientId(name, replica)}-host`;
  const bus = stack.use(
    openMqttBus(
      { ...brokerAddress(config.broker), ...serviceLogin(config, name), clientId, will: () => state.will() },
      log,
    ),
  );
  health.add('sparkplug host', () => bus.problem());
  const say = (payload: string) => bus.publish(state.topic, payload, { retain: true }).catch(() => {});
  let isReading = false;
  let isConnected = false;
  const sayOnline = () => {
    if (isReading && isConnected) void say(state.online());
  };
  bus.onConnect(() => {
    isConnected = true;
    sayOnline();
  });
  void reading.then(() => {
    isReading = true;
    sayOnline();
  });
  stack.use(
    bus.consume({
      ...{ clientId: `${clientId}-in`, filters: [state.topic], cleanSession: true },
      onDelivery: ({ payload, ack }) => {
        const answer = state.heard(payload);
        if (answer !== undefined) void say(answer);
        ack();
      },
    }),
  );
  // The bus waits for it as it closes; where it is in vain, the last will says it.
  stack.defer(() => {
    if (bus.problem() === undefined) void say(state.offline());
  });
}
