// What is asked before a device is judged: the data folder, the files of the plant, and the store.

import { influxClient, StoreRefusal } from '#rules/backtest/influx-client.ts';
import { storeLogin } from '#runtime/access/service-login.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { type RejectedGroup, RejectedGroups } from '#runtime/rejected-log/group-rejected.ts';
import { readRejected } from '#runtime/rejected-log/read-rejected.ts';
import { deviceOf } from '#runtime/rejected-log/select-rejected.ts';
import { isLoopback, storeUrl } from '#runtime/sections.ts';
import type { AllSettings } from '../settings.ts';
import type { DeviceFacts } from './check-device.ts';
import type { JoinedDevice } from './joined-device.ts';

const STORE_MS_MAX = 5_000;

export type Asked = { readonly facts: DeviceFacts /** What could not be asked. */; readonly notes: readonly string[] };

export async function askFacts(
  device: JoinedDevice,
  settings: AllSettings,
  { now, known }: Pick<DeviceFacts, 'now' | 'known'>,
): Promise<Asked> {
  const { models } = readPlantFiles(settings.rules.dir);
  const model = models.get(device.view?.model ?? '') ?? null;
  const stored = model === null ? null : await storedMetrics(device.name, settings);
  const isUnanswered = typeof stored === 'string';
  const { refused, strays } = await keptOf(settings.root.data, device.name);
  return {
    facts: {
      ...{ ...device, now, known, model, refused, strays },
      stored: isUnanswered ? null : stored,
      needsLogin: needsLogin(settings),
    },
    notes: isUnanswered ? [`which metrics came was not checked: ${stored}`] : [],
  };
}

async function keptOf(
  dataDir: string,
  name: string,
): Promise<{ readonly refused: readonly RejectedGroup[]; readonly strays: readonly RejectedGroup[] }> {
  const refused = new RejectedGroups();
  const strays = new RejectedGroups();
  for await (const rejection of readRejected(dataDir)) {
    const device = deviceOf(rejection);
    if (device === name) refused.take({ ...rejection, device });
    else if (rejection.refusals.some(({ reason }) => reason === 'topic') && isLike(rejection.topic, name))
      // Each topic by itself: it is what is to be seen.
      strays.take({ ...rejection, device: rejection.topic });
  }
  return { refused: refused.all(), strays: strays.all() };
}

/** Whether a topic that names nobody may have been meant for the device: one of its levels is its id, or nearly so. */
export function isLike(topic: string, name: string): boolean {
  const id = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return topic
    .toLowerCase()
    .split('/')
    .some(
      (level) =>
        level === id || level.split(' ').join('-') === id || (level.length > 3 && didYouMean(level, [id]) !== ''),
    );
}

/** The names; or why there is no answer. */
async function storedMetrics(name: string, settings: AllSettings): Promise<ReadonlySet<string> | string> {
  const { store, historian } = settings;
  const [site, area, device] = name.split('/');
  if (device === undefined) return new Set<string>();
  const client = influxClient({
    ...{ url: storeUrl(store, historian), database: store.database },
    ...storeLogin(settings, 'cli'),
  });
  // Names of devices hold neither quotes nor backslashes.
  const where = `"site" = '${site}' AND "area" = '${area}' AND "device" = '${device}'`;
  try {
    const rows = await client.query(
      `SHOW TAG VALUES FROM "reading" WITH KEY = "metric" WHERE ${where}`,
      AbortSignal.timeout(STORE_MS_MAX),
    );
    return new Set(rows.map(([, metric]) => String(metric)));
  } catch (error) {
    if (error instanceof StoreRefusal) return error.message;
    if ((error as Error).name === 'TimeoutError') return `the store at ${client.where} does not answer`;
    throw error;
  }
}

/** Another broker's users are its own affair. */
function needsLogin({ broker }: AllSettings): boolean {
  return broker.url === undefined && ![broker.host, broker.tlsHost, broker.wsHost].every(isLoopback);
}
