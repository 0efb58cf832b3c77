// The thread that writes chunks: encoding and waiting for the disk are done here, in nobody's way.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Sealer } from '../seal/sealer.ts';
import { serveCalls } from './calls.ts';

export type SealerThreadData = { readonly root: string; readonly engine: MessagePort };

const { root, engine } = workerData as SealerThreadData;

serveCalls(engine, new Sealer(root) as never);
parentPort?.postMessage('ready');
