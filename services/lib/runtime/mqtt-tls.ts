// TLS to the broker: which files, and in words what is wrong where the two do not agree. The broker's certificate is always
// checked; there is no setting to look away. Files are read at each connection, so that a renewed certificate is taken
// without a restart.

import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { StartError } from './start-error.ts';

export type TlsFiles = {
  /** Certificates (PEM) of who may have signed the broker's, in place of those that Node knows. */
  readonly caFile?: string | undefined;
  /** Our own certificate (PEM) and its key, for a broker that asks for one. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The name that the broker's certificate must bear, where that is not the host in its URL. */
  readonly serverName?: string | undefined;
};

export const NO_TLS =
  'what listens there does not speak TLS; use mqtt:// in PENSTOCK_BROKER_URL, or the port of its TLS listener';

/** As tls.connect() takes them. */
export type TlsOptions = { readonly secureContext: SecureContext; readonly servername: string };

const SETTINGS = {
  caFile: 'PENSTOCK_BROKER_CA_FILE',
  certFile: 'PENSTOCK_BROKER_CERT_FILE',
  keyFile: 'PENSTOCK_BROKER_KEY_FILE',
} as const;

/** @throws StartError that names the setting whose file cannot be used */
export function readTls(files: TlsFiles, host: string): TlsOptions {
  const { certFile, keyFile, serverName } = files;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [has, lacks] = certFile === undefined ? ['keyFile', 'certFile'] : ['certFile', 'keyFile'];
    throw new StartError(
      `${SETTINGS[has as keyof typeof SETTINGS]} is set without ${SETTINGS[lacks as keyof typeof SETTINGS]}: a certificate and its key go together`,
    );
  }
  const [ca, cert, key] = (['caFile', 'certFile', 'keyFile'] as const).map((name) => readPem(name, files[name]));
  const context = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  try {
    // With what Node knows and our own settings; servername is no name where it is an address [RFC 6066, 3].
    return { secureContext: createSecureContext(context), servername: serverName ?? (isAddress(host) ? '' : host) };
  } catch (error) {
    throw new StartError(
      `${SETTINGS.certFile} and ${SETTINGS.keyFile} (${certFile}, ${keyFile}) cannot be used together: ${whyUnusable(error as NodeJS.ErrnoException)}`,
    );
  }
}

function readPem(name: keyof typeof SETTINGS, file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    throw new StartError(`${SETTINGS[name]}: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
  // Node takes a file without any certificate for an empty list, and would then trust nobody without saying why.
  const wanted = name === 'keyFile' ? 'PRIVATE KEY' : 'CERTIFICATE';
  if (pem.includes(`${wanted}-----`)) return pem;
  throw new StartError(`${SETTINGS[name]}: ${file} holds no ${wanted.toLowerCase()} in PEM format`);
}

function whyUnusable({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'the key is of another certificate';
  if (/BAD_DECRYPT|INTERRUPTED_OR_CANCELLED|BAD_PASSWORD/.test(code ?? '')) return 'the key is locked by a passphrase';
  return message;
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

/** What a failed handshake means; undefined for what is none. */
export function tlsProblem(error: NodeJS.ErrnoException, files: TlsFiles, host: string): string | undefined {
  const { code = '' } = error;
  const name = files.serverName ?? host;
  const signers =
    files.caFile === undefined
      ? `set ${SETTINGS.caFile} to the certificate of who signed it`
      : `${files.caFile} (${SETTINGS.caFile}) is not of who signed it`;
  switch (code) {
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return `the broker's certificate is signed by somebody we do not trust (${code}); ${signers}`;
    case 'CERT_HAS_EXPIRED':
      return `the broker's certificate, or that of who signed it, has expired; renew it at the broker (and see this machine's clock)`;
    case 'CERT_NOT_YET_VALID':
      return `the broker's certificate is not valid yet; see the clocks of both machines`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the broker's certificate is not for '${name}'; use the name that it bears in PENSTOCK_BROKER_URL, or set PENSTOCK_BROKER_SERVER_NAME to it`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return NO_TLS;
    default:
      return /^ERR_SSL_.*ALERT/.test(code) ? alertProblem(code, files) : undefined;
  }
}

/** What the broker says to our own certificate. */
function alertProblem(code: string, { certFile }: TlsFiles): string {
  if (!/CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE/.test(code)) return `the broker ended the TLS handshake (${code})`;
  if (certFile === undefined)
    return `the broker wants a certificate of ours (${code}); set ${SETTINGS.certFile} and ${SETTINGS.keyFile}`;
  return `the broker does not take our certificate ${certFile} (${code}); it must be signed by who the broker trusts, and be valid now`;
}
