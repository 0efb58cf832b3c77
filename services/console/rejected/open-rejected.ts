// What was refused, as the console's routes use it: read from the data folder, sent again over a connection of its own.

import { openReplayBus } from '#runtime/rejected-log/replay-rejected.ts';
import { KeptRejections } from './kept-rejections.ts';
import { Replays, type ReplaysParts } from './replays.ts';

type Outside = Pick<ReplaysParts, 'now' | 'wait'>;

export function openRejected(settings: Parameters<typeof openReplayBus>[0], { now, wait }: Outside) {
  const dataDir = settings.root.data;
  const kept = new KeptRejections({ dataDir, now });
  return {
    kept,
    replays: new Replays({ dataDir, kept, openBus: () => openReplayBus(settings, 'console'), now, wait }),
  };
}
