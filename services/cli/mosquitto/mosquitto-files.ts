// The files that make a mosquitto of Debian (2.0.11) the broker of the pipeline. It does not know whom a client id belongs to:
// so those who come from outside have their user name for one, at a listener of their own, and the services, which have
// several connections each, come to another that nobody else can log in at.

import path from 'node:path';
import type { Login, Logins } from './logins.ts';
import { mosquittoRights } from './mosquitto-rights.ts';
import { passwordLine } from './password-line.ts';

export type MosquittoOptions = {
  /** Where the files will lie; absolute. */
  readonly folder: string;
  /** Where mosquitto keeps sessions and retained messages; absolute. */
  readonly persistence: string;
  readonly clients: { readonly host: string | undefined; readonly port: number };
  readonly services: { readonly host: string; readonly port: number };
  readonly connectionsMax: number;
  readonly packetBytesMax: number;
  /** Of one client that is away. */
  readonly queueBytesMax: number;
  /** Filters of the topics on which foreign devices speak. */
  readonly foreign: readonly string[];
};

/** By name; all of them are for the eyes of mosquitto alone. */
export type MosquittoFiles = Readonly<Record<string, string>>;

/** PEM. */
export type Certificate = { readonly cert: string; readonly key: string; readonly ca: string };

const NAMES = {
  conf: 'mosquitto.conf',
  ca: 'ca.pem',
  cert: 'server.pem',
  key: 'server-key.pem',
  clients: { passwords: 'passwd', rights: 'acl' },
  services: { passwords: 'passwd-services', rights: 'acl-services' },
} as const;

export function mosquittoFiles(logins: Logins, certificate: Certificate, options: MosquittoOptions): MosquittoFiles {
  return {
    [NAMES.conf]: confText(options),
    [NAMES.clients.passwords]: passwordText(logins.clients),
    [NAMES.clients.rights]: rightsText(logins.clients, options),
    [NAMES.services.passwords]: passwordText(logins.services),
    [NAMES.services.rights]: rightsText(logins.services, options),
    [NAMES.ca]: certificate.ca,
    [NAMES.cert]: certificate.cert,
    [NAMES.key]: certificate.key,
  };
}

/** Which of them a person may look at. */
export function readableFiles(files: MosquittoFiles): MosquittoFiles {
  const names: readonly string[] = [NAMES.conf, NAMES.clients.rights, NAMES.services.rights];
  return Object.fromEntries(Object.entries(files).filter(([name]) => names.includes(name)));
}

function confText(options: MosquittoOptions): string {
  const { clients, services, persistence } = options;
  return `# mosquitto as the broker of Penstock. Written by \`penstock broker export mosquitto\`, which writes it anew.

# Each listener has users and rights of its own.
per_listener_settings true

# Sessions, queues and retained messages outlive a restart. What mosquitto has acknowledged since it last saved is lost where
# it is killed; \`autosave_on_changes\` would write all of it for every message.
persistence true
persistence_location ${path.join(persistence, path.sep)}
autosave_interval 30
persistent_client_expiration 1m

# Its own 1000 would drop messages while a service is away; bounded in bytes instead, for each client.
max_queued_messages 0
max_queued_bytes ${options.queueBytesMax}
max_inflight_messages 0
max_packet_size ${options.packetBytesMax}
set_tcp_nodelay true

# Devices, people and programs. Their client id is their user name whatever they say, so that nobody takes the session of
# another, or cuts it off: one connection at a time for each.
listener ${clients.port}${clients.host === undefined ? '' : ` ${clients.host}`}
use_username_as_clientid true
max_connections ${options.connectionsMax}
${listenerText(options.folder, NAMES.clients)}

# The services of the pipeline.
listener ${services.port} ${services.host}
${listenerText(options.folder, NAMES.services)}
`;
}

function listenerText(folder: string, own: { readonly passwords: string; readonly rights: string }): string {
  const at = (name: string) => path.join(folder, name);
  return `allow_anonymous false
password_file ${at(own.passwords)}
acl_file ${at(own.rights)}
cafile ${at(NAMES.ca)}
certfile ${at(NAMES.cert)}
keyfile ${at(NAMES.key)}
tls_version tlsv1.2`;
}

function passwordText(logins: readonly Login[]): string {
  return logins.map(({ name, token }) => `${passwordLine(name, token)}\n`).join('');
}

function rightsText(logins: readonly Login[], { foreign }: MosquittoOptions): string {
  const head = `# Rights as mosquitto has them. It refuses no SUBSCRIBE: what may not be read is not delivered. And it keeps a command that
# is published retained, and one that has expired: devices look at that themselves.
`;
  const blocks = logins.map(({ name, text, grants }) => {
    const { lines, notes } = mosquittoRights(grants, foreign);
    return ['', `# ${text}`, ...notes.map((note) => `# ${note}`), `user ${name}`, ...lines, ''].join('\n');
  });
  return `${head}${blocks.join('')}`;
}
