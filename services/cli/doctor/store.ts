// Whether the store answers, and whether its clock and ours agree: points are stored under the devices' time, and a
// store that lives in another minute shows them in the wrong place or drops them by its retention.

import { storeUrl } from '#runtime/sections.ts';
import { listenProblem } from '../supervisor/ports.ts';
import { type Check, type Finding, ok } from './finding.ts';

const ASK_MS_MAX = 3_000;
const SKEW_MS_WARN = 5_000;
const SKEW_MS_FAIL = 60_000;

export const checkStore: Check = async ({ config, cli }) => {
  const { store, historian } = config;
  if (store.url === undefined && (await listenProblem(historian.host, historian.port)) === undefined) {
    const fix = '`penstock start` brings the historian up, or set PENSTOCK_STORE_URL to another store';
    return [{ check: 'store', status: 'warn', detail: 'not running', fix }];
  }
  const url = new URL(storeUrl(store, historian));
  const ping = `${url.href.replace(/\/$/, '')}/ping`;
  try {
    const response = await fetch(ping, { signal: AbortSignal.timeout(ASK_MS_MAX) });
    await response.body?.cancel();
    if (!response.ok) return [unreachable(`${url.host} answers /ping with ${response.status}`)];
    const version = response.headers.get('x-influxdb-version') ?? 'version unknown';
    return [ok('store', `${url.host} answers (${version})`), ...skewFindings(response.headers.get('date'), cli.now())];
  } catch (error) {
    return [unreachable(`${url.host} does not answer: ${reasonOf(error)}`)];
  }
};

/** The header counts whole seconds, so a second of difference means nothing. */
export function skewFindings(date: string | null, now: number): Finding[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const skewMs = Math.abs(now - theirs);
  const detail = `ours and the store's differ by ${(skewMs / 1_000).toFixed(0)} s`;
  if (skewMs < SKEW_MS_WARN) return [ok('clocks', detail)];
  const fix = 'let both machines follow a time server: `timedatectl set-ntp true`';
  return [{ check: 'clocks', status: skewMs < SKEW_MS_FAIL ? 'warn' : 'fail', detail, fix }];
}

function unreachable(detail: string): Finding {
  const fix = 'see that it runs there; PENSTOCK_STORE_URL says where, without it the embedded historian is used';
  return { check: 'store', status: 'fail', detail, fix, isUnreachable: true };
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? message;
}
