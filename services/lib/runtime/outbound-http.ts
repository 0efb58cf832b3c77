// POST to an address that somebody configured, without letting them reach what they must not: only named hosts, https, no
// private address, no redirect; bounded in time and in what is read. The name is resolved once and the socket goes to those
// very addresses, so that a second answer of the DNS cannot lead elsewhere. Errors never hold the URL: its path is often
// the secret.

import { lookup as systemLookup } from 'node:dns/promises';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressKind } from './outbound-address.ts';

export type OutboundPolicy = {
  /** Names or addresses, lower case; `*.example.org` stands for everything below it. Nothing else is reached. */
  readonly allowedHosts: readonly string[];
  /** Loopback and the plant's own networks. Link-local addresses and metadata services are never reached. */
  readonly allowPrivate: boolean;
  /** Without TLS. */
  readonly allowHttp: boolean;
  /** PEM of the authorities that are trusted instead of the public ones. */
  readonly ca?: string | undefined;
};

export type HostAddress = { readonly address: string; readonly family: number };
/** Every address of a name. */
export type Resolve = (host: string) => Promise<readonly HostAddress[]>;

export type PostOptions = {
  readonly policy: OutboundPolicy;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** For everything together: resolving, connecting, sending, reading. */
  readonly timeoutMs?: number;
  readonly resolve?: Resolve;
};

/** `text` is the beginning of the body. */
export type Answer = { readonly status: number; readonly text: string };

/** The outside world failed, or was not allowed. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  /** Whether the same request may go through later. */
  readonly retryable: boolean;
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, decision: { readonly retryable: boolean; readonly retryAfterMs?: number | undefined }) {
    super(message);
    this.retryable = decision.retryable;
    this.retryAfterMs = decision.retryAfterMs;
  }
}

const TIMEOUT_MS = 5_000;
/** Shorter ones are words such as `Bearer`, or `/`. */
const SECRET_LENGTH_MIN = 8;
const ANSWER_BYTES_MAX = 65_536;
/** Statuses that say "later": timeout, too early, too many, and everything of the 5xx but "I never will". */
const LATER = new Set([408, 425, 429, 500, 502, 503, 504, 507, 508]);

/**
 * Resolves once the other side has accepted (2xx); what is wrong with its body then changes nothing, because sending again
 * would only say it twice.
 * @throws OutboundError for everything else
 */
export async function post(url: string, body: string, options: PostOptions): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
  const target = allowedTarget(url, options.policy);
  const host = hostOf(target);
  try {
    const addresses = await untilAborted(addressesOf(host, options), signal);
    const response = await send(target, body, { options, addresses, signal });
    return judge(host, response, withoutSecrets(await readBeginning(response), target, options));
  } catch (error) {
    if (error instanceof OutboundError) throw error;
    if (timeout.aborted) throw new OutboundError(`${host} did not answer in time`, { retryable: true });
    if (signal.aborted) throw new OutboundError(`the request to ${host} was given up`, { retryable: true });
    throw new OutboundError(`${host} cannot be reached: ${reasonOf(error)}`, { retryable: true });
  }
}

/** What can be seen to be wrong with an address before anything is sent; undefined where nothing is. */
export function outboundProblem(url: string, policy: OutboundPolicy): string | undefined {
  try {
    allowedTarget(url, policy);
    return undefined;
  } catch (error) {
    if (error instanceof OutboundError) return error.message;
    throw error;
  }
}

/** The parser of URLs knows the other ways to write an IPv4 address (0x7f.1, 0177.0.0.1, 2130706433) and undoes them. */
function allowedTarget(text: string, { allowHttp, allowedHosts }: OutboundPolicy): URL {
  const refuse = (message: string) => new OutboundError(message, { retryable: false });
  if (!URL.canParse(text)) throw refuse('the address is no URL');
  const url = new URL(text);
  const host = hostOf(url);
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
    throw refuse(`${host} is not reached over ${url.protocol.slice(0, -1)}; use https`);
  if (url.username !== '' || url.password !== '')
    throw refuse(`the address of ${host} holds a password; give it in a header`);
  if (!allowedHosts.some((allowed) => isCovered(host, allowed)))
    throw refuse(`${host} is not among the allowed hosts; add it to allowedHosts`);
  return url;
}

function isCovered(host: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed;
}

/** Without the brackets of IPv6 and the dot of the root. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** Refused where any address of the answer is: which of them would be taken is not ours to bet on. */
async function addressesOf(host: string, { policy, resolve = resolveAll }: PostOptions) {
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  if (addresses.length === 0) throw new OutboundError(`${host} has no address`, { retryable: true });
  for (const { address } of addresses) {
    const kind = addressKind(address);
    if (kind === 'public' || (kind === 'private' && policy.allowPrivate)) continue;
    const wayOut = kind === 'private' ? '; set allowPrivate to reach the networks of the plant' : '';
    throw new OutboundError(`${host} is ${address}, which is not reached from here${wayOut}`, { retryable: false });
  }
  return addresses;
}

const resolveAll: Resolve = (host) => systemLookup(host, { all: true });

type Way = {
  readonly options: PostOptions;
  readonly addresses: readonly HostAddress[];
  readonly signal: AbortSignal;
};

function send(url: URL, body: string, { options, addresses, signal }: Way): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const settings: RequestOptions & { ca?: string; minVersion?: 'TLSv1.2' } = {
    method: 'POST',
    agent: false, // a kept connection would outlive what was checked
    signal,
    lookup: lookupAmong(addresses),
    headers: { 'user-agent': 'penstock', ...options.headers, 'content-length': Buffer.byteLength(body) },
    ...(options.policy.ca === undefined ? {} : { ca: options.policy.ca }),
    minVersion: 'TLSv1.2',
  };
  return new Promise((resolve, reject) => {
    request(url, settings, resolve).once('error', reject).end(body);
  });
}

/** Answers with what was checked, whatever is asked. */
function lookupAmong(addresses: readonly HostAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** As much as is of use; an end that never comes, or comes with an error, only ends the reading. */
async function readBeginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= ANSWER_BYTES_MAX) break;
    }
  } catch {} // the status is here, and it alone decides
  response.destroy();
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
}

/** Some gateways repeat in an error what they were sent: the way, or a header with a token in it. */
function withoutSecrets(text: string, { pathname, search }: URL, { headers = {} }: PostOptions): string {
  const values = Object.values(headers).flatMap((value) => [value, ...value.split(/[\s,]+/)]);
  const secrets = [`${pathname}${search}`, pathname, search, ...values].filter(
    ({ length }) => length >= SECRET_LENGTH_MIN,
  );
  return secrets.reduce((left, secret) => left.replaceAll(secret, '…'), text);
}

function judge(host: string, { statusCode: status = 0, headers }: IncomingMessage, text: string): Answer {
  if (status >= 200 && status < 300) return { status, text };
  if (status >= 300 && status < 400)
    throw new OutboundError(`${host} answered ${status}; redirects are not followed, give the address it leads to`, {
      retryable: false,
    });
  const said = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  throw new OutboundError(`${host} answered ${status}${said === '' ? '' : `: ${said.slice(0, 200)}`}`, {
    retryable: LATER.has(status),
    retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()),
  });
}

/** Seconds or a date (RFC 9110, 10.2.3). */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN; // what else it reads as a date is none
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** A resolver cannot be stopped, only left. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Of several failed addresses the first; codes say more than most messages. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  const { code, message } = first as NodeJS.ErrnoException;
  return code ?? message;
}
