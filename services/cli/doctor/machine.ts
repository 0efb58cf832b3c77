// What the machine gives: Node, a folder to write to, room on the disk, a clock.

import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { readOrCreateSecret, SECRET_NAMES } from '#runtime/secrets.ts';
import { StartError } from '#runtime/start-error.ts';
import { dataFolderProblem, nearestExisting } from '../data-folder.ts';
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
  const problem = await dataFolderProblem(folder);
  if (problem !== undefined) return [{ check: 'data folder', status: 'fail', ...problem }];
  const isThere = (await nearestExisting(folder)) === folder;
  const found = [ok('data folder', isThere ? folder : `${folder} (made at the first start)`)];
  return [...found, ...(await checkSecrets(folder))];
};

async function checkSecrets(folder: string): Promise<Finding[]> {
  const secrets = path.join(folder, 'secrets');
  try {
    const { mode } = await stat(secrets);
    if ((mode & 0o077) === 0) return badSecrets(folder);
    const detail = `${secrets} is open to other users`;
    return [{ check: 'secrets', status: 'warn', detail, fix: `chmod -R go= ${secrets}` }, ...badSecrets(folder)];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return []; // not made yet
  }
}

/** Each secret that the services would refuse, in their words. Those that are not made yet stay unmade. */
function badSecrets(folder: string): Finding[] {
  return SECRET_NAMES.filter((name) => existsSync(path.join(folder, 'secrets', name))).flatMap((name): Finding[] => {
    try {
      readOrCreateSecret(folder, name);
      return [];
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      const [detail = '', fix = ''] = error.message.split('; ');
      return [{ check: 'secrets', status: 'fail', detail, fix }];
    }
  });
}

export const checkDisk: Check = async ({ config }) => {
  const { bavail, bsize } = await statfs(await nearestExisting(path.resolve(config.root.data)));
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
