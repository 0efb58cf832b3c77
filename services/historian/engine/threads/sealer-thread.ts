// The thread that writes chunks: encoding and waiting for the disk are done here, in nobody's way.

import { flushCompileCache } from 'node:module';
import { type MessagePort, workerData } from 'node:worker_threads';
import { inThisThread, type SealerPort } from '../seal/seal-lane.ts';
import { Sealer } from '../seal/sealer.ts';
import { serveCalls } from './calls.ts';

export type SealerThreadData = { readonly root: string; readonly engine: MessagePort };

export type SealerCalls = SealerPort & {
  /** Resolves when the folder is this process's alone: before, nothing of it is touched. */
  locked(): Promise<void>;
};

const { root, engine } = workerData as SealerThreadData;

// What is called before is answered now.
const calls: SealerCalls = { ...inThisThread(new Sealer(root)), locked: async () => {} };
serveCalls(engine, calls);
flushCompileCache(); // of this thread: see the runtime's process.ts
