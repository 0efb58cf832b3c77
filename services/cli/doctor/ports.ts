// Whether each port that a start needs is free, or held by the service it is meant for.

import type { AllSettings } from '../settings.ts';
import { clashesOf, type Listener, listenersOf } from '../supervisor/listeners.ts';
import { portProblems } from '../supervisor/ports.ts';
import { type Check, type Finding, ok } from './finding.ts';

const ASK_MS_MAX = 1_000;

export const checkPorts: Check = async ({ config }) => {
  const listeners = listenersOf(config);
  const clashes = clashesOf(listeners).map(
    (detail): Finding => ({ check: 'ports', status: 'fail', detail, fix: 'give one of the two another port' }),
  );
  return [...clashes, ...(await Promise.all(listeners.map((listener) => checkPort(listener, config))))];
};

async function checkPort(listener: Listener, config: AllSettings): Promise<Finding> {
  const check = `port ${listener.port}`;
  const [problem] = await portProblems([listener]);
  if (problem === undefined) return ok(check, `free, for ${listener.section}`);
  if (await isOurs(listener, config)) return ok(check, `held by the ${listener.section} that is running`);
  const [detail = '', fix = ''] = problem.split('; ');
  return { check, status: 'fail', detail, fix };
}

/** The service that a listener belongs to says its name on its own health port. */
async function isOurs({ section }: Listener, config: AllSettings): Promise<boolean> {
  const { metricsPort } = config[section] as { metricsPort?: number };
  try {
    const response = await fetch(`http://127.0.0.1:${metricsPort}/livez`, { signal: AbortSignal.timeout(ASK_MS_MAX) });
    return ((await response.json()) as { service?: string }).service === section;
  } catch {
    return false;
  }
}
