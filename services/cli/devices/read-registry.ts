// What ingest knows of the devices, as it is retained on the broker.

import { type DeviceView, parseDeviceView } from '#domain/device.ts';
import { deviceKey, filters, parseTopic } from '#domain/topic.ts';
import { commandLogin } from '#runtime/access/service-login.ts';
import { brokerAddress } from '#runtime/broker-address.ts';
import { silentLog } from '#runtime/log.ts';
import { MqttConsumer } from '#runtime/mqtt-consumer.ts';
import { brokerUrl } from '#runtime/sections.ts';
import { withoutPassword } from '#runtime/url-password.ts';
import type { Cli } from '../cli.ts';
import { isGranted } from '../granted.ts';
import type { AllSettings } from '../settings.ts';

/** By `site/area/device`. */
export type Registry = ReadonlyMap<string, DeviceView>;

const CONNECT_MS_MAX = 5_000;
/** Nothing says that all that is retained has been told; a broker sends it without such pauses. */
const QUIET_MS = 300;
/** A plant that talks all the time goes on talking. */
const READ_MS_MAX = 15_000;

/** The devices; or a sentence that says why there is no answer. */
export async function readRegistry(settings: AllSettings, cli: Pick<Cli, 'now' | 'sleep'>): Promise<Registry | string> {
  const { broker } = settings;
  const registry = new Map<string, DeviceView>();
  let heard = 0;
  await using consumer = new MqttConsumer(
    { ...brokerAddress(broker), ...commandLogin(settings, 'cli') },
    {
      clientId: `cli-devices-${process.pid}`,
      filters: [filters.registry],
      cleanSession: true,
      onDelivery: ({ topic, payload, ack }) => {
        heard++;
        const view = viewOf(topic, payload);
        if (view !== undefined) registry.set(deviceKey(view), view);
        ack();
      },
    },
    silentLog(),
  );
  if (!(await isGranted(consumer, CONNECT_MS_MAX, cli))) {
    const why = consumer.problem() ?? 'it does not answer';
    return `no answer from the broker at ${withoutPassword(brokerUrl(broker))}: ${why}`;
  }
  const until = cli.now() + READ_MS_MAX;
  for (let before = -1; before !== heard && cli.now() < until; ) {
    before = heard;
    await cli.sleep(QUIET_MS);
  }
  return registry;
}

/** The topic names it, whatever the payload says; undefined where it was taken away, or is none. */
function viewOf(topic: string, payload: Buffer): DeviceView | undefined {
  const parsed = parseTopic(topic);
  if (parsed?.kind !== 'registry' || payload.length === 0) return undefined;
  try {
    const view = parseDeviceView(JSON.parse(payload.toString()));
    return typeof view === 'string'
      ? undefined
      : { ...view, site: parsed.site, area: parsed.area, device: parsed.device };
  } catch {
    return undefined;
  }
}
