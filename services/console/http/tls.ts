// The console's certificate: read at the start, and again whenever it was renewed, without a restart.

import { readFileSync } from 'node:fs';
import { createSecureContext, type Server } from 'node:tls';
import { environmentName } from '#runtime/config.ts';
import type { Log } from '#runtime/log.ts';
import { StartError } from '#runtime/start-error.ts';
import { watchFiles } from '#runtime/watch-files.ts';

export type Tls = { readonly cert: Buffer; readonly key: Buffer };
export type TlsFiles = { readonly cert: string; readonly key: string };

const name = (key: string) => environmentName('console', key);

/**
 * The files that the settings name; undefined for plain HTTP.
 * @throws StartError where one of the two is missing
 */
export function tlsFiles(settings: {
  readonly tlsCertFile?: string | undefined;
  readonly tlsKeyFile?: string | undefined;
}): TlsFiles | undefined {
  const { tlsCertFile: cert, tlsKeyFile: key } = settings;
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { cert, key };
  const missing = cert === undefined ? 'tlsCertFile' : 'tlsKeyFile';
  throw new StartError(`${name(missing)} is missing: a certificate and its key go together`);
}

/** @throws StartError where they cannot be read, or do not belong together */
export function readTls(files: TlsFiles): Tls {
  const tls = { cert: read(files.cert, 'tlsCertFile'), key: read(files.key, 'tlsKeyFile') };
  try {
    createSecureContext(tls);
    return tls;
  } catch (error) {
    throw new StartError(
      `${files.cert} and ${files.key} are no certificate with its key (${(error as Error).message}); see ${name('tlsCertFile')}`,
    );
  }
}

function read(file: string, key: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StartError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}); see ${name(key)}`);
  }
}

/** Takes a renewed certificate into use; one that is no good is told of, and the old one stays. */
export function watchTls(
  files: TlsFiles,
  { server, log }: { readonly server: unknown; readonly log: Log },
): Disposable {
  return watchFiles([files.cert, files.key], () => {
    try {
      (server as Server).setSecureContext({ ...readTls(files), minVersion: 'TLSv1.2' });
      log.info({ file: files.cert }, 'the certificate was renewed');
    } catch (error) {
      log.error({ problem: (error as Error).message }, 'the certificate stays the one of before');
    }
  });
}
