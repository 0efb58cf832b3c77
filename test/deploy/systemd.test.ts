// The units: every name in them is one that exists, systemd finds no mistake and little exposure, and no service makes a system
// call that they forbid. No systemd runs here: that they start is not tried.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '#domain/service.ts';
import { environmentName } from '#runtime/config.ts';
import { EXIT } from '#runtime/start-error.ts';
import { findProgram, freePorts, ROOT, run, tempFolder, until } from '../support/processes.ts';
import { unknownNames } from './known-settings.ts';

const FOLDER = path.join(ROOT, 'deploy/systemd');
const UNITS = readdirSync(FOLDER).filter((name) => /\.(?:service|timer|target)$/.test(name));
const textOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
/** Every value of a key of a unit, also of several lines of it. */
const valuesOf = (unit: string, key: string) =>
  [...textOf(unit).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

describe('the units', () => {
  it('name settings and programs that there are', () => {
    for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }))
      if (/\.\w+$/.test(name) && !name.endsWith('.d')) expect([name, unknownNames(textOf(name))]).toEqual([name, []]);
    for (const unit of UNITS)
      for (const command of valuesOf(unit, 'ExecStart(?:Post)?')) {
        const [, program] = /^-?\/usr\/bin\/env node (\S+)/.exec(command) ?? [];
        for (const service of program === undefined ? [] : SERVICES)
          expect(existsSync(path.join(ROOT, (program ?? '').replace('%i', service)))).toBe(true);
      }
  });

  it('are all of one user, who is made, and may write only what is its own', () => {
    expect(textOf('penstock.sysusers')).toMatch(/^u penstock - /m);
    expect(valuesOf('penstock@.service', 'User')).toEqual(['penstock']);
    expect(valuesOf('penstock-init.service', 'User')).toEqual(['penstock']);
    expect(valuesOf('penstock@.service', 'StateDirectory')).toEqual(['penstock/%i']);
    expect(valuesOf('penstock@.service', 'ReadWritePaths')).toEqual([]);
    for (const unit of ['penstock@.service', 'penstock-init.service', 'penstock-alive@.service']) {
      expect(valuesOf(unit, 'ProtectSystem')).toEqual(['strict']);
      expect(valuesOf(unit, 'NoNewPrivileges')).toEqual(['yes']);
      expect(valuesOf(unit, 'CapabilityBoundingSet')).toEqual(['']);
    }
  });

  it('leave a service down whose settings are wrong, and start one anew that ends or hangs', () => {
    expect(valuesOf('penstock@.service', 'Restart')).toEqual(['on-failure']);
    expect(valuesOf('penstock@.service', 'RestartPreventExitStatus')).toEqual([String(EXIT.config)]);
    expect(valuesOf('penstock-alive@.service', 'OnFailure')).toEqual(['penstock-restart@%i.service']);
    for (const name of [
      'penstock-alive@.timer',
      'penstock-alive@.service',
      'penstock-restart@.service',
      'penstock-init.service',
    ])
      expect(UNITS).toContain(name);
  });
});

const analyze = findProgram('systemd-analyze');
const because = (missing: string | undefined) => (missing === undefined ? '' : `: ${missing}`);
const noAnalyze = analyze === undefined ? 'systemd-analyze is not installed (apt-get install systemd)' : undefined;

describe.skipIf(noAnalyze !== undefined)(`systemd-analyze${because(noAnalyze)}`, () => {
  const instances = UNITS.flatMap((unit) =>
    unit.includes('@.') ? SERVICES.map((name) => unit.replace('@.', `@${name}.`)) : [unit],
  );
  const verify = (folder: string, units: readonly string[]) => {
    const done = spawnSync(analyze ?? '', ['verify', '--man=no', ...units.map((unit) => path.join(folder, unit))], {
      encoding: 'utf8',
    });
    return { code: done.status, said: done.stdout + done.stderr };
  };

  it('finds no mistake in any unit', () => {
    expect(verify(FOLDER, instances)).toEqual({ code: 0, said: '' });
  });

  it('would find one', () => {
    using folder = tempFolder();
    cpSync(FOLDER, folder.path, { recursive: true });
    writeFileSync(
      path.join(folder.path, 'penstock@.service'),
      textOf('penstock@.service').replace('NoNewPrivileges', 'NoNewPriviledges'),
    );
    expect(verify(folder.path, ['penstock@rules.service']).said).toContain('NoNewPriviledges');
  });

  it.each([
    ['penstock@broker.service', 20],
    ['penstock-init.service', 20],
    ['penstock-alive@broker.service', 20],
  ])('%s is exposed by at most %i of 100', (unit, most) => {
    execFileSync(
      analyze ?? '',
      ['security', '--offline=yes', '--no-pager', `--threshold=${most}`, path.join(FOLDER, unit)],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
  });

  const noStrace = findProgram('strace') === undefined ? 'strace is not installed (apt-get install strace)' : undefined;
  it.skipIf(noStrace !== undefined)(
    `forbids no system call that a service makes${because(noStrace)}`,
    async () => {
      using folder = tempFolder();
      const counts = path.join(mkdtempSync(path.join(folder.path, 'strace-')), 'counts');
      const ports = await freePorts(SERVICES.length + 3);
      const env = {
        PENSTOCK_DATA: path.join(folder.path, 'data'),
        PENSTOCK_BROKER_PORT: String(ports[0]),
        PENSTOCK_BROKER_WS_PORT: 'off',
        PENSTOCK_HISTORIAN_PORT: String(ports[1]),
        PENSTOCK_CONSOLE_PORT: String(ports[2]),
        ...Object.fromEntries(SERVICES.map((name, i) => [environmentName(name, 'metricsPort'), String(ports[i + 3])])),
      };
      const words = ['-f', '-qq', '-c', '-o', counts, process.execPath, 'services/cli/main.ts', 'start'];
      await using traced = run('strace', words, env);
      await until('the start', () => (traced.output().includes('is running') ? true : undefined), 90_000);
      await until('a point', () => hasPoint(ports[1] ?? 0), 30_000);
      // strace counts until the program has ended, and does not hand on what it is told itself.
      const { pid } = traced.child;
      process.kill(Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]), 'SIGTERM');
      await until('the end', () => traced.child.exitCode ?? undefined, 60_000);
      const used = readFileSync(counts, 'utf8')
        .split('\n')
        .flatMap((line) => /^ *[\d.]+ .* (\w+)$/.exec(line)?.[1] ?? []);
      expect(used.length).toBeGreaterThan(50);
      const allowed = filterOf('@system-service');
      const forbidden = new Set([...filterOf('@privileged'), ...filterOf('@resources')]);
      // SQLite gives a file to the owner of the database, where it is root that it runs as.
      const wrong = used.filter((call) => !allowed.has(call) || (forbidden.has(call) && call !== 'fchown'));
      expect(wrong.filter((call) => call !== 'total')).toEqual([]);
    },
    180_000,
  );

  function filterOf(set: string): Set<string> {
    const said = execFileSync(analyze ?? '', ['syscall-filter', '--no-pager', set], { encoding: 'utf8' });
    const members = [...said.matchAll(/^ {4}(@?[\w-]+)$/gm)].map(([, name = '']) => name);
    return new Set(members.flatMap((name) => (name.startsWith('@') ? [...filterOf(name)] : [name])));
  }
});

async function hasPoint(port: number): Promise<true | undefined> {
  const query = new URLSearchParams({ db: 'plant', q: 'SELECT value FROM "plant"."raw"."reading" LIMIT 1' });
  const answer = await (await fetch(`http://127.0.0.1:${port}/query?${query}`)).text();
  return answer.includes('"series"') || undefined;
}
