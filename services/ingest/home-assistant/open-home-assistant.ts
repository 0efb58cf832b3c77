// Home Assistant beside ingest, put together: where discovery is on, devices and their newest values are announced; where it was on,
// or below another prefix, what is left of that is taken away. https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery

import path from 'node:path';
import { type DeviceName, filters } from '#domain/topic.ts';
import type { Bus } from '#runtime/bus.ts';
import type { Sections } from '#runtime/config.ts';
import { type Service, VERSION } from '#runtime/process.ts';
import { serviceClientId } from '#runtime/service-bus.ts';
import type { DeviceRegistry } from '../devices/registry.ts';
import type { IngestParts } from '../ingest.ts';
import { Announcer } from './announcer.ts';
import { heldMessage } from './held-config.ts';
import { RememberedFile } from './remembered.ts';
import { RetainedReader, type RetainedReading } from './retained-reader.ts';
import { Withdrawal } from './withdrawal.ts';

export type HomeAssistantSettings = {
  /** null: discovery is off. */
  readonly prefix: string | null;
  readonly bus: Bus;
  readonly registry: Pick<DeviceRegistry, 'known'>;
  /** Keys of the devices that files name. */
  readonly named: readonly string[];
  readonly bytesMax: () => number;
};

export type HomeAssistant = {
  readonly parts: Pick<IngestParts, 'onSure' | 'isEcho'>;
  /** Something of the device is other than it was. */
  readonly changed: (name: DeviceName) => void;
  /** A second has passed. */
  readonly tick: () => void;
};

const OFF: HomeAssistant = { parts: {}, changed: () => {}, tick: () => {} };

type Settings = HomeAssistantSettings & { readonly prefix: string };

export function openHomeAssistant<S extends Sections>(
  service: Service<S>,
  settings: HomeAssistantSettings,
): HomeAssistant {
  const { data } = (service.config as Service<Record<never, never>>['config']).root;
  const file = new RememberedFile(path.join(data, 'ingest'), service.log);
  const { prefix } = settings;
  if (prefix !== null) return announcing(service, { ...settings, prefix }, file);
  return file.content === null ? OFF : withdrawing(service, settings.bus, { file, prefixes: file.content.prefixes });
}

function announcing<S extends Sections>(service: Service<S>, settings: Settings, file: RememberedFile): HomeAssistant {
  const { prefix, bus, named } = settings;
  const before = file.content ?? { prefixes: [], devices: [] };
  const prefixes = [...new Set([...before.prefixes, prefix])];
  // Whatever ends us from now on, the next life knows where to look.
  file.keep({ prefixes, devices: [...new Set([...before.devices, ...named])] });
  const announcer = openAnnouncer(service, settings, before.devices);
  const withdrawal = new Withdrawal(bus);
  const reader = openReader(service, bus, {
    filters: [...prefixes.map(filters.announcements), filters.latest],
    onRetained: (topic, payload) => {
      const message = heldMessage(topic, payload);
      if (message?.kind === 'values') announcer.holdsValues(message.name, payload, service.now());
      else if (message?.prefix === prefix) announcer.holdsConfig(message.name, message.held);
      else if (message !== undefined) withdrawal.takeAway(topic);
    },
  });
  bus.onConnect(() => {
    announcer.forgetHeld();
    reader.begin();
  });
  return {
    parts: {
      onSure: (points, now) => announcer.take(points, now),
      isEcho: (topic) => topic.startsWith(`${prefix}/`),
    },
    changed: (name) => announcer.changed(name),
    tick: () => {
      if (!reader.look()) return;
      void announcer.run(service.now());
      if (announcer.isSettled && withdrawal.isDone) file.keep({ prefixes: [prefix], devices: [...named] });
    },
  };
}

/** Discovery is off, and was on. */
function withdrawing<S extends Sections>(
  service: Service<S>,
  bus: Bus,
  { file, prefixes }: { readonly file: RememberedFile; readonly prefixes: readonly string[] },
): HomeAssistant {
  const withdrawal = new Withdrawal(bus);
  const reader = openReader(service, bus, {
    filters: [...prefixes.map(filters.announcements), filters.latest],
    onRetained: (topic, payload) => {
      if (heldMessage(topic, payload) !== undefined) withdrawal.takeAway(topic);
    },
  });
  bus.onConnect(() => {
    if (file.content !== null) reader.begin();
  });
  const tick = () => {
    if (reader.look() && withdrawal.isDone) file.keep(null);
  };
  return { ...OFF, tick };
}

/** @param before keys of the devices that files named in our last life */
function openAnnouncer<S extends Sections>(
  { metrics, log }: Service<S>,
  { prefix, bus, registry, named, bytesMax }: Settings,
  before: readonly string[],
): Announcer {
  const messages = metrics.counter('ingest_home_assistant_messages_total', 'Messages for Home Assistant.', ['kind']);
  let isToldOfRoom = false;
  const announcer: Announcer = new Announcer({
    ...{ prefix, bytesMax, version: VERSION, known: (name) => registry.known(name) },
    unnamed: new Set(before).difference(new Set(named)),
    publish: async ({ kind, topic, payload }) => {
      messages.inc({ kind });
      await bus.publish(topic, payload, { retain: true });
    },
    onNoRoom: (what) => {
      if (!isToldOfRoom) log.warn(`more devices or metrics than Home Assistant is told of: ${what} is left out`);
      isToldOfRoom = true;
    },
  });
  metrics.gauge('ingest_home_assistant_devices', 'Devices announced to Home Assistant.', () => announcer.size);
  metrics.gauge(
    'ingest_home_assistant_left_out',
    'Devices and metrics for which there is no room in what Home Assistant is told.',
    () => announcer.leftOut,
  );
  metrics.total(
    'ingest_home_assistant_replaced_total',
    'Values that gave way to newer ones before Home Assistant was told of them.',
    () => announcer.replaced,
  );
  return announcer;
}

function openReader<S extends Sections>(
  { stack, health }: Service<S>,
  bus: Bus,
  reading: Pick<RetainedReading, 'filters' | 'onRetained'>,
): RetainedReader {
  const reader = stack.use(
    new RetainedReader(bus, { clientId: `${serviceClientId('ingest', undefined)}-home-assistant`, ...reading }),
  );
  health.add('home-assistant', () => reader.problem());
  return reader;
}
