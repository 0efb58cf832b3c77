// One service as a process, recorded over all that it does to the data folder (test/support/recorded-disk), through as many
// lives as its work has.

import path from 'node:path';
import type { ServiceName } from '#domain/service.ts';
import { ROOT, until } from '../../support/processes.ts';
import { Recorder, type Recording } from '../../support/recorded-disk/record.ts';

export type RecordedService = {
  output(): string;
  /** Ends it, and starts it again. */
  again(how: 'killed' | 'stopped'): Promise<void>;
};

export type ServiceToRecord = {
  readonly service: ServiceName;
  /** Must be there. */
  readonly data: string;
  /** For the records, outside of the data. */
  readonly scratch: string;
  readonly env: NodeJS.ProcessEnv;
};

const START_MS_MAX = 30_000;

export async function recordService(
  { service, data, scratch, env }: ServiceToRecord,
  work: (recorded: RecordedService) => Promise<void>,
): Promise<Recording> {
  const recorder = new Recorder(data, scratch);
  const start = async () => {
    const running = recorder.run(process.execPath, [path.join(ROOT, 'services', service, 'main.ts')], {
      PENSTOCK_SUPERVISED: '1',
      PENSTOCK_DATA: data,
      [`PENSTOCK_${service.toUpperCase()}_METRICS_PORT`]: '0',
      ...env,
    });
    const isReady = () => running.output().includes('"ready"') || undefined;
    await until(`${service} to be ready`, isReady, START_MS_MAX).catch(async (error: Error) => {
      await running.kill();
      throw new Error(`${error.message}\n${running.output()}`, { cause: error });
    });
    return running;
  };
  let running = await start();
  try {
    await work({
      output: () => running.output(),
      again: async (how) => {
        await (how === 'killed' ? running.kill() : running[Symbol.asyncDispose]());
        running = await start();
      },
    });
  } finally {
    await running.kill();
  }
  return recorder.recording();
}
