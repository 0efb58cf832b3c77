// The manifests, built by kustomize as a person builds them, and held against each other and against the settings. No cluster
// runs here: that they start is not tried.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type RankedService, SERVICES } from '#domain/service.ts';
import { readAccess } from '#runtime/access/read-access.ts';
import { isTokenOf } from '#runtime/access/token.ts';
import { readOrCreateSecret } from '#runtime/secrets.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { commandsFor } from '../../services/cli/commands/commands.ts';
import { runProgram } from '../../services/cli/program.ts';
import { recordedCli } from '../../services/cli/testing.ts';
import { findProgram, ROOT, tempFolder } from '../support/processes.ts';
import { environmentProblems, unknownNames } from './known-settings.ts';
import {
  type Container,
  environmentOf,
  looseEnds,
  type Manifest,
  missingFiles,
  missingRefs,
  ofKind,
  POD_INDEX,
  podsOf,
  unconfined,
} from './manifests.ts';

const FOLDER = path.join(ROOT, 'deploy/kubernetes');
const OVERLAYS = ['base', 'scale'] as const;
/** In the overlay others are in their place. */
const BUILT_IN = ['broker', 'historian'];
const RANKED: readonly string[] = ['rules', 'writer'] satisfies RankedService[];

describe('the files', () => {
  const files = OVERLAYS.flatMap((overlay) =>
    readdirSync(path.join(FOLDER, overlay)).map((name) => `${overlay}/${name}`),
  ).filter((name) => /\.(?:yaml|conf)$/.test(name));

  it.each(files)('%s can be read, and names settings that there are', (name) => {
    const text = readFileSync(path.join(FOLDER, name), 'utf8');
    expect(unknownNames(text)).toEqual([]);
    if (!name.endsWith('.yaml')) return;
    for (const document of parseAllDocuments(text)) expect([...document.errors, ...document.warnings]).toEqual([]);
  });

  it('are all used', () => {
    for (const overlay of OVERLAYS) {
      const kustomization = readFileSync(path.join(FOLDER, overlay, 'kustomization.yaml'), 'utf8');
      for (const name of files)
        if (name.startsWith(`${overlay}/`) && !name.endsWith('/kustomization.yaml'))
          expect(kustomization).toContain(path.basename(name));
    }
  });
});

/** Of which kustomize it has; `kubectl version` says so from 1.25 on. */
function whyNoKustomize(): string | undefined {
  if (findProgram('kubectl') === undefined)
    return 'kubectl is not installed (apt-get install kubernetes-client is too old; 1.27 or newer)';
  const said = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).stdout;
  const major = Number(/Kustomize Version: v(\d+)/.exec(said)?.[1] ?? 0);
  return major >= 5 ? undefined : 'kubectl has a kustomize older than 5';
}

const reason = whyNoKustomize();

describe.skipIf(reason !== undefined)(`kubectl kustomize${reason === undefined ? '' : `: ${reason}`}`, () => {
  const folder = tempFolder();
  const built = new Map<string, readonly Manifest[]>();
  const manifests = (overlay: string) => built.get(overlay) ?? [];
  const service = (overlay: string, name: string) => podsOf(manifests(overlay)).find((pod) => pod.name === name);
  beforeAll(async () => {
    cpSync(FOLDER, folder.path, { recursive: true });
    await makeData(path.join(folder.path, 'base/data'));
    makeLogins(path.join(folder.path, 'scale/logins'));
    for (const overlay of OVERLAYS) {
      const text = execFileSync('kubectl', ['kustomize', path.join(folder.path, overlay)], { encoding: 'utf8' });
      built.set(
        overlay,
        parseAllDocuments(text).map((document) => document.toJS() as Manifest),
      );
    }
  });
  afterAll(() => folder[Symbol.dispose]());

  describe.each(OVERLAYS)('%s', (overlay) => {
    it('names nothing that is not there', () => {
      expect(missingRefs(manifests(overlay))).toEqual([]);
      expect(missingFiles(manifests(overlay))).toEqual([]);
      expect(looseEnds(manifests(overlay))).toEqual([]);
    });

    it('is confined as `restricted` wants it, pinned and bounded', () => {
      expect(unconfined(manifests(overlay))).toEqual([]);
      const [namespace] = ofKind(manifests(overlay), 'Namespace');
      expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    });

    it.each(SERVICES.filter((name) => overlay === 'base' || !BUILT_IN.includes(name)))(
      'runs %s, asks for its health, and gives it settings that it takes',
      (name) => {
        const [container] = service(overlay, name)?.spec.containers ?? [];
        expect(container).toMatchObject({
          image: `penstock:${packageJson.version}`,
          args: [`services/${name}/main.ts`],
        });
        const asks = ({ livenessProbe, startupProbe, readinessProbe }: Container) =>
          [livenessProbe, startupProbe, readinessProbe].map((probe) => probe?.exec?.command.join(' '));
        expect(asks(container as Container)).toEqual(
          ['livez', 'livez', 'readyz'].map((question) => `node deploy/health.mjs ${question}`),
        );
        expect(environmentProblems(environmentOf(manifests(overlay), container as Container))).toEqual([]);
      },
    );

    it('has a budget for each, and no second of what cannot be shared', () => {
      const sets = ofKind(manifests(overlay), 'StatefulSet');
      expect(ofKind(manifests(overlay), 'PodDisruptionBudget').map(({ metadata }) => metadata.name)).toEqual(
        sets.map(({ metadata }) => metadata.name),
      );
      for (const { metadata, spec } of sets)
        expect([metadata.name, spec.replicas]).toEqual([
          metadata.name,
          overlay === 'scale' && [...RANKED, 'emqx', 'ingest'].includes(metadata.name) ? 3 : 1,
        ]);
    });
  });

  it.each(RANKED)('%s has a volume and a rank for each that there is, and knows how many there are', (name) => {
    const { spec } = ofKind(manifests('scale'), 'StatefulSet').find(({ metadata }) => metadata.name === name) ?? {};
    const env = spec?.template?.spec.containers[0]?.env ?? [];
    const of = (key: string) => env.find((each) => each.name === `PENSTOCK_${name.toUpperCase()}_${key}`);
    expect(of('REPLICAS')?.value).toBe(String(spec?.replicas));
    expect(of('RANK')?.valueFrom?.fieldRef?.fieldPath).toBe(POD_INDEX);
    expect(spec?.volumeClaimTemplates).toHaveLength(1);
  });

  it('lets a Grafana of yours read the store, with a login that is made', () => {
    const policy = ofKind(manifests('base'), 'NetworkPolicy').find(({ metadata }) => metadata.name === 'historian');
    expect(policy?.spec.ingress?.flatMap(({ from = [] }) => from)).toContainEqual({
      namespaceSelector: { matchLabels: { 'penstock.grafana': 'true' } },
    });
    const data = path.join(folder.path, 'base/data');
    const password = readFileSync(path.join(data, 'logins/grafana/store-password'), 'utf8');
    const { value: key } = readOrCreateSecret(data, 'token-key');
    expect(isTokenOf(key, { kind: 'user', name: 'grafana', serial: 1 }, password)).toBe(true);
    expect(readAccess(data).users.get('grafana')?.role).toBe('viewer');
  });

  it('would be found out', () => {
    const text = JSON.stringify(manifests('base'));
    const broken = (from: string, to: string) => {
      expect(text).toContain(from);
      return JSON.parse(text.replaceAll(from, to)) as Manifest[];
    };
    expect(looseEnds(broken('"matchLabels":{"app":"rules"}', '"matchLabels":{"app":"rulez"}')).join()).toContain(
      'PodDisruptionBudget rules selects other pods',
    );
    expect(looseEnds(broken('"containerPort":8086', '"containerPort":8087'))).toEqual([
      'Service historian: nobody listens on influx 8086',
    ]);
    expect(looseEnds(broken('"serviceName":"writer"', '"serviceName":"writers"'))).toEqual([
      'StatefulSet writer: no Service writers',
    ]);
    expect(
      missingRefs(broken('"mountPath":"/tmp","name":"tmp"', '"mountPath":"/tmp","name":"temp"')).length,
    ).toBeGreaterThan(1);
    expect(missingRefs(broken('"secretName":"keys-', '"secretName":"keyz-'))[0]).toContain('no Secret keyz-');
    expect(missingFiles(broken('"store-password"', '"password"')).length).toBe(2);
    expect(unconfined(broken('"drop":["ALL"]', '"drop":[]'))[0]).toContain('keeps capabilities');
    expect(unconfined(broken(`penstock:${packageJson.version}`, 'penstock:latest'))[0]).toContain('is not pinned');
  });

  it('hands keys to the services as files of their own', () => {
    const command = service('base', 'broker')?.spec.initContainers?.[0]?.command ?? [];
    using place = tempFolder();
    for (const [given, file] of [
      ['secrets', 'token-key'],
      ['access', 'users.json'],
      ['certs', 'server-key.pem'],
    ] as const) {
      mkdirSync(path.join(place.path, 'given', given), { recursive: true });
      mkdirSync(path.join(place.path, 'data', given), { recursive: true });
      writeFileSync(path.join(place.path, 'given', given, file), 'a secret', { mode: 0o440 });
    }
    const [program = '', ...words] = command.map((word) => word.replaceAll(/ \/(?=given|data)/g, ` ${place.path}/`));
    execFileSync(program, words);
    expect(statSync(path.join(place.path, 'data/secrets/token-key')).mode & 0o777).toBe(0o400);
    expect(readFileSync(path.join(place.path, 'data/certs/server-key.pem'), 'utf8')).toBe('a secret');
  });
});

/** As the first lines of base/kustomization.yaml say. */
async function makeData(data: string): Promise<void> {
  for (const words of [
    ['init', 'data', '--logins', path.join(data, 'logins')],
    ['cert', 'init', '--host', 'broker.plant'],
    ['device', 'add', 'lyon/tank-farm/tank-01'],
  ]) {
    const all = [...words, '--data', data];
    const cli = recordedCli();
    if ((await runProgram(await commandsFor(all), all, cli)) !== 0) throw new Error(cli.said.err);
  }
}

/** As the first lines of scale/kustomization.yaml say. */
function makeLogins(logins: string): void {
  mkdirSync(logins);
  for (const name of ['broker', 'emqx-users.csv', 'emqx-cookie', 'emqx-dashboard', 'store'])
    writeFileSync(path.join(logins, name), `of ${name}`);
}
