// The two brokers that the rights are held on, as processes: the embedded one, and Debian's mosquitto with the files that
// `penstock broker export` writes for it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { IClientOptions } from 'mqtt';
import { isServiceUser } from '#domain/access/identity.ts';
import { makeToken } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import { NO_MOSQUITTO, startEmbedded } from '../support/brokers.ts';
import { findProgram, freePorts, ROOT, type Running, run, tempFolder, until, whenReady } from '../support/processes.ts';
import { FileAuthority, type IssuedFiles } from '../support/test-certificates.ts';
import { Probe } from './probe.ts';

export type SideKind = 'embedded' | 'mosquitto';

export type AccessContent = {
  readonly users: Readonly<Record<string, object>>;
  readonly devices: Readonly<Record<string, object>>;
  readonly acl?: string;
};

export type ConnectOptions = {
  readonly clientId?: string;
  /** Of a session that is kept. */
  readonly isKept?: boolean;
  readonly will?: { readonly topic: string; readonly payload: string };
};

export type Side = AsyncDisposable & {
  readonly kind: SideKind;
  readonly dataDir: string;
  /** For services: where it is, and what else they need to be told. */
  readonly env: NodeJS.ProcessEnv;
  readonly running: Running;
  /** Resolves when it is in force. */
  setAccess(content: AccessContent): Promise<void>;
  /** Lets it in under its own token. */
  connect(who: string, options?: ConnectOptions): Promise<Probe>;
};

/** A device whose token says whether a change of the files is in force: it is good with its latest number only. */
const CLOCK = 'clock';

/** Why it cannot be here; undefined where it can. */
export function missingSide(kind: SideKind): string | undefined {
  if (kind === 'embedded') return undefined;
  return findProgram('mosquitto') === undefined ? NO_MOSQUITTO : undefined;
}

export async function startSide(kind: SideKind, content: AccessContent): Promise<Side> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(tempFolder()).path;
  const dataDir = path.join(folder, 'data');
  mkdirSync(path.join(dataDir, 'access'), { recursive: true });
  let serial = 1;
  const write = (each: AccessContent) => {
    writeAccess(dataDir, { ...each, devices: { ...each.devices, [CLOCK]: { serial } } });
  };
  write(content);
  const key = readOrCreateSecret(dataDir, 'token-key').value;
  const start = kind === 'embedded' ? startEmbeddedSide : startMosquittoSide;
  const started = await start(folder, dataDir);
  stack.use(started.running);
  const connect = (who: string, options: ConnectOptions = {}) => {
    const isDevice = who === CLOCK || who in content.devices;
    const number = who === CLOCK ? serial : 1;
    const token = makeToken(key, { kind: isDevice ? 'device' : 'user', name: who, serial: number });
    const login = who === 'anonymous' ? {} : { username: who, password: token };
    const isService = isServiceUser(who);
    const clientId = isDevice ? who : `${isService ? 'penstock-' : 'm-'}${who}`;
    const { isKept = false, will, ...own } = options;
    return Probe.connect(isService ? started.servicesUrl : started.url, {
      ...started.options,
      ...login,
      ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: false } }),
      ...(isKept ? { clean: false, properties: { sessionExpiryInterval: 3_600 } } : { clean: true }),
      clientId,
      ...own,
    });
  };
  return {
    kind,
    dataDir,
    env: started.env,
    running: started.running,
    connect,
    async setAccess(each) {
      serial++;
      write(each);
      await started.reload();
      await until('the files to be in force', async () => {
        await (await connect(CLOCK)).leave();
        return true;
      });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

type Started = {
  readonly running: Running;
  readonly url: string;
  readonly servicesUrl: string;
  readonly options: IClientOptions;
  readonly env: NodeJS.ProcessEnv;
  reload(): Promise<void>;
};

async function startEmbeddedSide(_folder: string, dataDir: string): Promise<Started> {
  const [port = 0, metricsPort = 0] = await freePorts(2);
  // One client subscribes to every topic by its name.
  const limits = { PENSTOCK_BROKER_SUBSCRIPTIONS_PER_CLIENT_MAX: '100' };
  const running = await startEmbedded({ dataDir, port, metricsPort, env: limits });
  const url = `mqtt://127.0.0.1:${port}`;
  const env = { PENSTOCK_BROKER_PORT: String(port), PENSTOCK_BROKER_METRICS_PORT: String(metricsPort) };
  return { running, url, servicesUrl: url, options: { protocolVersion: 4 }, env, reload: async () => {} };
}

async function startMosquittoSide(folder: string, dataDir: string): Promise<Started> {
  const [port = 0, servicesPort = 0] = await freePorts(2);
  const authority = await FileAuthority.make(folder, 'authority');
  const server = await authority.server('server', ['localhost', '127.0.0.1']);
  const files = path.join(folder, 'mosquitto');
  const persistence = path.join(folder, 'state');
  mkdirSync(persistence);
  const write = () =>
    exportMosquitto({ dataDir, files, persistence, port, servicesPort, ca: authority.caFile, server });
  await write();
  const conf = path.join(folder, 'mosquitto.conf');
  // Started as root it would change to a user of its own, who cannot read our folder.
  writeFileSync(conf, `user ${userInfo().username}\ninclude_dir ${files}\n`);
  const running = run(findProgram('mosquitto') ?? 'mosquitto', ['-c', conf]);
  const url = `mqtts://127.0.0.1:${port}`;
  const servicesUrl = `mqtts://127.0.0.1:${servicesPort}`;
  await whenReady(running, 'mosquitto to listen', async () => running.output().includes('running') || undefined);
  const env = {
    PENSTOCK_BROKER_URL: servicesUrl,
    PENSTOCK_BROKER_TOKENS: 'on',
    PENSTOCK_BROKER_CA_FILE: authority.caFile,
  };
  const options = { protocolVersion: 5, ca: readFileSync(authority.caFile) } as const;
  const reload = async () => {
    await write();
    running.child.kill('SIGHUP');
  };
  return { running, url, servicesUrl, options, env, reload };
}

/** As its user does it. */
async function exportMosquitto(options: {
  readonly dataDir: string;
  readonly files: string;
  readonly persistence: string;
  readonly port: number;
  readonly servicesPort: number;
  readonly ca: string;
  readonly server: IssuedFiles;
}): Promise<void> {
  const { dataDir, files, persistence, port, servicesPort, ca, server } = options;
  const words = [
    ...['broker', 'export', 'mosquitto', '--out', files, '--persistence', persistence],
    ...['--port', `${port}`, '--host', '127.0.0.1', '--services-port', `${servicesPort}`],
    ...['--cert', server.certFile, '--key', server.keyFile, '--ca', ca],
  ];
  const running = run(process.execPath, [path.join(ROOT, 'services/cli/main.ts'), ...words], {
    PENSTOCK_DATA: dataDir,
  });
  await until('the export', () => running.child.exitCode ?? undefined, 30_000);
  if (running.child.exitCode !== 0) throw new Error(`the export ended ${running.child.exitCode}: ${running.output()}`);
}

function writeAccess(dataDir: string, { users, devices, acl = '' }: AccessContent): void {
  const write = (name: string, text: string) =>
    writeFileSync(path.join(dataDir, 'access', name), text, { mode: 0o600 });
  write('users.json', JSON.stringify({ users }));
  write('acl.conf', acl);
  write('devices.json', JSON.stringify({ devices }));
}
