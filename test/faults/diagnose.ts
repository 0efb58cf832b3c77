// What each process says of itself, for whoever has to find out why a fault was not survived.

import type { ServiceName } from '#domain/service.ts';
import type { Pipeline } from '../support/pipeline.ts';

const LINES_TOLD = 5;
const ANSWER_MS_MAX = 2_000;

/** Readiness and the last words of every process. */
export async function diagnose({ processes, metricsPort }: Pipeline): Promise<string> {
  const parts = [...processes].map(async ([name, { output }]) => {
    const url = `http://127.0.0.1:${metricsPort(name as ServiceName)}/readyz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }).then(
      (response) => response.text(),
      (error: Error) => error.message,
    );
    const lines = output().trim().split('\n');
    return `${name}: ${answer.trim()}\n${lines.slice(-LINES_TOLD).join('\n')}`;
  });
  return (await Promise.all(parts)).join('\n');
}
