import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../../../test/support/processes.ts';
import { FileAuthority } from '../../../test/support/test-certificates.ts';
import { runProgram } from '../program.ts';
import { recordedCli } from '../testing.ts';
import { brokerExportCommand } from './broker-export.ts';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder[Symbol.dispose]());

const at = (...names: string[]) => path.join(folder.path, ...names);
const out = () => at('mosquitto');
const read = (name: string) => readFileSync(path.join(out(), name), 'utf8');

function access(name: string, content: object | string): void {
  mkdirSync(at('data', 'access'), { recursive: true });
  writeFileSync(at('data', 'access', name), typeof content === 'string' ? content : JSON.stringify(content), {
    mode: 0o600,
  });
}

async function run(...words: string[]) {
  const cli = recordedCli({ PENSTOCK_DATA: at('data') });
  const exitCode = await runProgram([brokerExportCommand], ['broker', 'export', ...words], cli);
  return { exitCode, ...cli.said };
}

describe('penstock broker export', () => {
  it('asks for what is missing, all at once', async () => {
    const { exitCode, err } = await run('emqx', '--port', '99999');
    expect(exitCode).toBe(2);
    expect(err.trim().split('\n')).toEqual([
      "error 'emqx' cannot be exported to; what can is mosquitto",
      'error --out <folder> is missing: where are the files to lie?',
      "error a port is a number from 1 to 65535, and not '99999'",
    ]);
  });

  it('without a certificate says how to come by one, and writes nothing', async () => {
    const { exitCode, err } = await run('mosquitto', '--out', out());
    expect(exitCode).toBe(78);
    expect(err).toContain('penstock cert init');
    expect(readdirSync(folder.path)).not.toContain('mosquitto');
  });

  it('a mistake in the files of access is told with its place', async () => {
    access('users.json', '{\n "users": { "anna": { "role": "king" } } }');
    const { exitCode, err } = await run('mosquitto', '--out', out());
    expect(exitCode).toBe(78);
    expect(err).toContain('users.json:2:');
  });

  describe('with a certificate', () => {
    beforeEach(async () => {
      const authority = await FileAuthority.make(folder.path, 'authority');
      const { certFile, keyFile } = await authority.server('server', ['localhost']);
      mkdirSync(at('data', 'certs'), { recursive: true });
      for (const [name, file] of [
        ['server.pem', certFile],
        ['server-key.pem', keyFile],
        ['ca.pem', authority.caFile],
      ] as const)
        copyFileSync(file, at('data', 'certs', name));
      access('users.json', { users: { anna: { role: 'operator' }, telegraf: { role: 'service' } } });
      access('devices.json', {
        devices: { 'lyon/tank-farm/t1': {}, 'lyon/tank-farm/gone': { revoked: true }, z2m: { serial: 2 } },
      });
      access('acl.conf', 'user z2m\ntopic write home/#\npattern read for/%c/x\npattern deny home/x%c/y\n');
    });

    it('writes the files for their owner alone, the same again but for the salts, and says what comes next', async () => {
      const { exitCode, out: printed, err } = await run('mosquitto', '--out', out());
      expect(err).toContain('PENSTOCK_BROKER_URL=mqtts://127.0.0.1:8884 PENSTOCK_BROKER_TOKENS=on');
      expect(exitCode).toBe(0);
      expect(printed).toBe(`${path.join(out(), 'mosquitto.conf')}\n`);
      const names = readdirSync(out());
      expect(names.sort()).toEqual([
        'acl',
        'acl-services',
        'ca.pem',
        'mosquitto.conf',
        'passwd',
        'passwd-services',
        'server-key.pem',
        'server.pem',
      ]);
      for (const name of names) expect(statSync(path.join(out(), name)).mode & 0o777).toBe(0o600);
      const before = names.filter((name) => !name.startsWith('passwd')).map(read);
      await run('mosquitto', '--out', out());
      expect(names.filter((name) => !name.startsWith('passwd')).map(read)).toEqual(before);
    });

    it('has everybody who may log in at the listener that is theirs, and nobody else', async () => {
      await run('mosquitto', '--out', out());
      const names = (file: string) =>
        read(file)
          .trim()
          .split('\n')
          .map((line) => line.split(':')[0]);
      expect(names('passwd')).toEqual(['anna', 'telegraf', 'lyon/tank-farm/t1', 'z2m']);
      expect(names('passwd-services')).toEqual([
        'ingest',
        'rules',
        'writer',
        'historian',
        'console',
        'watchdog',
        'supervisor',
        'simulator',
        'cli',
        'replay',
      ]);
      expect(read('acl')).toContain('user z2m\ntopic deny home/xz2m/y\ntopic read for/z2m/x\ntopic write home/#\n');
      // Nobody knows the client id of a service: what it might be given is left out, what it might be denied is.
      expect(read('acl-services')).toContain('topic deny home/+/y');
      expect(read('acl-services')).not.toContain('for/%c');
      expect(read('acl')).not.toContain('topic read for/lyon');
    });

    it('--dry-run shows rights and configuration, no password and no key, and writes nothing', async () => {
      const { exitCode, out: printed } = await run('mosquitto', '--out', out(), '--dry-run');
      expect(exitCode).toBe(0);
      expect(printed).toContain('user lyon/tank-farm/t1');
      expect(printed).toContain('use_username_as_clientid true');
      expect(printed).not.toMatch(/\$7\$|PRIVATE/);
      expect(readdirSync(folder.path)).not.toContain('mosquitto');
      expect(readdirSync(at('data'))).not.toContain('secrets');
    });

    it('refuses a name that would be the client id of a service', async () => {
      access('users.json', { users: { 'penstock-rules': { role: 'service' } } });
      const { exitCode, err } = await run('mosquitto', '--out', out());
      expect(exitCode).toBe(78);
      expect(err).toContain("'penstock-rules' would be the client id of a service");
    });

    it('refuses a key that is not of the certificate', async () => {
      execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', at('data', 'certs', 'server-key.pem')]);
      const { exitCode, err } = await run('mosquitto', '--out', out());
      expect(exitCode).toBe(78);
      expect(err).toContain('is not the key of the certificate');
    });
  });
});
