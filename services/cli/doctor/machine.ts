// What the machine gives: Node, a folder to write to, room on the disk, a clock.

import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { type Check, type Finding, ok } from './finding.ts';

const MIB = 1024 ** 2;
const FREE_MIB_MIN = 256;
/** A day of a busy plant. */
const FREE_MIB_WISHED = 2_048;
const YEAR_MIN = 2024;

export const checkNode: Check = async ({ nodeVersion }) => {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
  const isEnough = major > 24 || (major === 24 && minor >= 11);
  const fix = 'run it through npm (`npm start`), which brings its own Node 24, or install Node 24.11 or newer';
  return [
    isEnough ? ok('node', nodeVersion) : { check: 'node', status: 'fail', detail: `${nodeVersion} is too old`, fix },
  ];
};

export const checkDataFolder: Check = async ({ config }) => {
  const folder = path.resolve(config.root.data);
  const existing = await nearestFolder(folder);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
  } catch {
    const fix = 'give the folder to the user that runs Penstock (chown), or set PENSTOCK_DATA to another';
    return [{ check: 'data folder', status: 'fail', detail: `${existing} cannot be written to`, fix }];
  }
  const found = [ok('data folder', existing === folder ? folder : `${folder} (made at the first start)`)];
  return [...found, ...(await checkSecrets(folder))];
};

async function checkSecrets(folder: string): Promise<Finding[]> {
  const secrets = path.join(folder, 'secrets');
  try {
    const { mode } = await stat(secrets);
    if ((mode & 0o077) === 0) return [];
    const detail = `${secrets} is open to other users`;
    return [{ check: 'secrets', status: 'warn', detail, fix: `chmod -R go= ${secrets}` }];
  } catch {
    return []; // not made yet
  }
}

export const checkDisk: Check = async ({ config }) => {
  const { bavail, bsize } = await statfs(await nearestFolder(path.resolve(config.root.data)));
  const free = Math.round((bavail * bsize) / MIB);
  const detail = `${free.toLocaleString('en')} MiB free`;
  if (free >= FREE_MIB_WISHED) return [ok('disk', detail)];
  const fix = 'free some space, or set PENSTOCK_DATA to a larger disk';
  return [{ check: 'disk', status: free < FREE_MIB_MIN ? 'fail' : 'warn', detail, fix }];
};

export const checkClock: Check = async ({ cli }) => {
  const time = new Date(cli.now());
  if (time.getUTCFullYear() >= YEAR_MIN) return [ok('clock', time.toISOString())];
  const detail = `it is said to be ${time.toISOString()}`;
  return [{ check: 'clock', status: 'fail', detail, fix: 'set the clock: `timedatectl set-ntp true`' }];
};

async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const isThere = await access(at).then(
      () => true,
      () => false,
    );
    if (isThere || at === path.dirname(at)) return at;
  }
}
