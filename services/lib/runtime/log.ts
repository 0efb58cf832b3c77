// Logs: JSON lines on stdout, one per event, with the service's name. The only file that imports pino.

import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Keys that never reach a log, wherever a caller puts them. */
const SECRET_KEYS = ['password', 'token', 'authorization', 'cookie', 'secret'];

export function createLog(service: string, level: string): Log {
  return pino({
    level,
    base: { service },
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
  });
}

/** For tests and for what must stay quiet. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}
