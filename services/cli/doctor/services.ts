// Whether the services that a start runs do run, and what each says of itself: the rules service alone knows whether the
// rule files are right, ingest whether its sources are.

import type { ServiceName } from '#domain/service.ts';
import type { AllSettings } from '../settings.ts';
import { servicesOf } from '../supervisor/listeners.ts';
import { type Check, type Finding, ok } from './finding.ts';

const ASK_MS_MAX = 1_000;

type Answer = { readonly service?: string; readonly problems?: Readonly<Record<string, string>> };

export const checkServices: Check = async ({ config }) => {
  const names = servicesOf(config);
  const answers = await Promise.all(names.map(async (name) => [name, await answerOf(name, config)] as const));
  if (answers.every(([, answer]) => answer === undefined)) {
    const detail = `none is running (${names.join(', ')})`;
    return [{ check: 'services', status: 'warn', detail, fix: '`penstock start` brings them up' }];
  }
  return answers.map(([name, answer]) => findingOf(name, answer));
};

function findingOf(name: ServiceName, answer: Answer | undefined): Finding {
  const check = `${name} service`;
  if (answer === undefined) {
    const fix = `what \`penstock start\` prints says why; \`penstock service ${name}\` runs it alone`;
    return { check, status: 'warn', detail: 'not running, while others are', fix };
  }
  const problems = Object.entries(answer.problems ?? {}).map(([part, words]) => `${part}: ${words}`);
  if (problems.length === 0) return ok(check, 'running and ready');
  return { check, status: 'fail', detail: `not ready: ${problems.join(', ')}`, fix: 'its log names each of them' };
}

/** undefined where nothing answers on its health port, or something else does. */
async function answerOf(name: ServiceName, config: AllSettings): Promise<Answer | undefined> {
  try {
    const url = `http://127.0.0.1:${config[name].metricsPort}/readyz`;
    const response = await fetch(url, { signal: AbortSignal.timeout(ASK_MS_MAX) });
    const answer = (await response.json()) as Answer;
    return answer.service === name ? answer : undefined;
  } catch {
    return undefined;
  }
}
