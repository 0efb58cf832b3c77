// deploy/compose.yaml, as far as it can be read: every name in it is one that exists, every container is confined, every
// secret is for who needs it; and docker compose takes it, with every choice that `penstock init compose` offers.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SERVICES } from '#domain/service.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { BROKERS, type ComposeChoice, choiceProblem, composeEnv, STORES } from '../../services/cli/init/compose-env.ts';
import { SHARED_LOGINS } from '../../services/cli/init/shared-logins.ts';
import { findProgram, tempFolder } from '../support/processes.ts';
import { type ComposeService, DEPLOY, environmentOf, isOurs, mountsOf, readCompose } from './compose-file.ts';
import { environmentProblems, unknownNames } from './known-settings.ts';

const compose = readCompose();
const all = Object.entries(compose.all);
const TEXT = readFileSync(path.join(DEPLOY, 'compose.yaml'), 'utf8');
/** Make what others read, or are a person's hand. */
const MAKERS = ['init', 'cli'];

const CHOICES: ComposeChoice[] = STORES.flatMap((store) =>
  BROKERS.flatMap((broker) =>
    [false, true].flatMap((hasDemo) =>
      [false, true].map((isScaled) => ({
        store,
        broker,
        hasDemo,
        isScaled,
        host: hasDemo ? 'broker.plant' : undefined,
      })),
    ),
  ),
).filter((choice) => choiceProblem(choice) === undefined);

describe('compose.yaml', () => {
  it('names no setting that does not exist, and gives each a value that it takes', () => {
    expect(unknownNames(TEXT)).toEqual([]);
    for (const choice of CHOICES)
      for (const [name, service] of Object.entries(readCompose(composeEnv(choice)).all))
        if (isOurs(service)) expect([name, environmentProblems(environmentOf(service))]).toEqual([name, []]);
  });

  it('has every service, in the order of a first start', () => {
    for (const name of SERVICES) expect(compose.all[name]?.command).toEqual([`services/${name}/main.ts`]);
    const waits = (name: string) =>
      Object.entries(compose.all[name]?.depends_on ?? {}).filter(
        ([, { condition }]) => condition === 'service_healthy',
      );
    expect(waits('ingest').map(([name]) => name)).toEqual(['rules', 'writer']);
    expect(waits('watchdog').map(([name]) => name)).toEqual(['ingest']);
    expect(waits('simulator').map(([name]) => name)).toEqual(['ingest']);
    const makesKeys = ({ depends_on = {} }: ComposeService) => depends_on.init?.condition ?? Object.keys(depends_on)[0];
    for (const [name, service] of all)
      if (name !== 'init') expect(['service_completed_successfully', 'ingest']).toContain(makesKeys(service));
  });

  it.each(all)('%s is confined', (name, service) => {
    expect(service).toMatchObject({ init: true, read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] });
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThan(10);
    expect(service.logging.options).toHaveProperty('max-size');
    expect(service.image).toMatch(/:\d+\.\d+\.\d+$/);
    if (isOurs(service)) expect(service.image).toBe(`penstock:${packageJson.version}`);
    expect(service.restart).toBe(MAKERS.includes(name) ? 'no' : 'unless-stopped');
    if (!isOurs(service)) expect(service.healthcheck?.test?.length).toBeGreaterThan(1);
  });

  it('is for this machine alone, unless devices are to come by TLS', () => {
    const ports = (env?: string) => Object.values(readCompose(env).all).flatMap((service) => service.ports ?? []);
    expect(ports().filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    for (const choice of CHOICES) {
      const open = ports(composeEnv(choice)).filter((port) => !port.startsWith('127.0.0.1:'));
      expect(new Set(open)).toEqual(new Set(choice.host === undefined ? [] : ['0.0.0.0:8883:8883']));
    }
  });

  it('mounts only what is declared, and gives every service data of its own', () => {
    const mounts = all.flatMap(([name, service]) => mountsOf(service).map((mount) => ({ name, ...mount })));
    const volumes = mounts.filter(({ isVolume }) => isVolume);
    expect(new Set(volumes.map(({ source }) => source))).toEqual(new Set(compose.volumes));
    expect(new Set(all.flatMap(([, { networks = [] }]) => networks))).toEqual(new Set(compose.networks));
    for (const volume of compose.volumes) {
      const writers = volumes.filter(
        ({ source, isReadOnly, name }) => source === volume && !isReadOnly && !MAKERS.includes(name),
      );
      expect([volume, writers.length]).toEqual([volume, writers.length > 0 ? 1 : 0]);
    }
    for (const { source, isVolume } of mounts)
      if (!isVolume && !isOfGrafana(source)) expect([source, existsSync(source)]).toEqual([source, true]);
  });

  it.skipIf(!existsSync(path.join(DEPLOY, 'grafana')))('finds what Grafana is provisioned with', () => {
    const grafana = mountsOf(compose.all.grafana as ComposeService).filter(({ isVolume }) => !isVolume);
    for (const { source } of grafana) expect([source, existsSync(source)]).toEqual([source, true]);
  });

  it('gives Grafana what its data source asks for, and no setting that nobody reads', () => {
    const source = readFileSync(path.join(DEPLOY, 'grafana/provisioning/datasources/store.yaml'), 'utf8');
    const asked = [...source.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    const given = Object.keys(environmentOf(compose.all.grafana as ComposeService));
    expect(given.filter((name) => name.startsWith('PENSTOCK_')).sort()).toEqual(asked.sort());
    const files = [...source.matchAll(/\$__file\{\/login\/([\w-]+)\}/g)].map(([, name]) => `grafana/${name}`);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(SHARED_LOGINS.map((login) => login.file)).toContain(file);
  });

  it('gives each login to who logs in with it', () => {
    const folders = new Set(SHARED_LOGINS.map(({ file }) => path.dirname(file)));
    for (const folder of folders) {
      const made = mountsOf(compose.all.init as ComposeService).find(({ target }) => target === `/logins/${folder}`);
      const takers = all.filter(([, service]) =>
        mountsOf(service).some(({ source, target }) => source === made?.source && target === '/login'),
      );
      expect(takers.map(([name]) => name).filter((name) => name !== 'cli')).toEqual([folder]);
      for (const [name, service] of takers) {
        const files = Object.values(environmentOf(service)).filter((value) => value.startsWith('/login/'));
        expect(files.length, name).toBeGreaterThan(0);
        for (const file of files)
          expect(SHARED_LOGINS.map((login) => login.file)).toContain(`${folder}/${path.basename(file)}`);
      }
    }
  });

  it('knows every variable that init compose writes', () => {
    for (const choice of CHOICES)
      for (const [, name = ''] of composeEnv(choice).matchAll(/^(\w+)=/gm))
        if (!name.startsWith('COMPOSE_')) expect(TEXT).toMatch(new RegExp(`\\$\\{${name}:-|^  +${name}:$`, 'm'));
  });
});

function isOfGrafana(source: string): boolean {
  return source.includes('/grafana/') || source.includes('/dashboards/');
}

const NO_COMPOSE = 'docker-compose is not installed (apt-get install docker-compose)';
const program = findProgram('docker-compose');

describe.skipIf(program === undefined)(`docker compose config${program === undefined ? `: ${NO_COMPOSE}` : ''}`, () => {
  it.each([
    ...CHOICES.filter(({ hasDemo }) => !hasDemo).map(composeEnv),
    ...['', 'tools', 'demo', 'historian', 'mosquitto', 'scale'].map((profile) => `COMPOSE_PROFILES=${profile}\n`),
  ])('takes %j', (env) => {
    using folder = tempFolder();
    // Debian's docker-compose 1.29 does not know the project's name in the file, which docker compose 2 wants there.
    for (const name of ['compose.yaml', 'compose.without-influxdb.yaml', 'compose.without-broker.yaml'])
      writeFileSync(
        path.join(folder.path, name),
        readFileSync(path.join(DEPLOY, name), 'utf8').replace(/^name: penstock$/m, ''),
      );
    writeFileSync(path.join(folder.path, '.env'), env);
    const said = execFileSync(program ?? '', ['config'], { cwd: folder.path, encoding: 'utf8' });
    // It says all services, also those of other profiles.
    const { services } = parse(said) as { services: Record<string, { environment?: object }> };
    expect(Object.keys(services).sort()).toEqual(Object.keys(readCompose(env).all).sort());
    const { PENSTOCK_STORE_URL } = environmentOf(readCompose(env).all.writer as ComposeService);
    expect(services.writer?.environment).toMatchObject({ PENSTOCK_STORE_URL });
  });
});
