// Logs: JSON lines on stdout, one per event, with the service's name. The only file that imports pino.

import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Keys that never reach a log, wherever a caller puts them. */
const SECRET_KEYS = ['password', 'token', 'authorization', 'cookie', 'secret'];

export function createLog(service: string, level: string): Log {
  const { stdout } = process;
  // Whoever read our lines is gone: that ends no service, and an unheard error would.
  stdout.on('error', () => {});
  const options = {
    level,
    base: { service },
    messageKey: 'msg',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
  };
  // Not pino's own writer: a fatal line to a pipe that nobody reads any more keeps it trying for ever, and the process with it.
  return pino(options, stdout);
}

/** For tests and for what must stay quiet. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}
