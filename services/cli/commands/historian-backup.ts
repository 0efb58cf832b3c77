// `penstock historian backup`: a copy of the embedded store, while it runs or while it does not.

import path from 'node:path';
import type { CliCommand } from '../cli.ts';
import { runTool } from '../historian/run-tool.ts';

const HELP = `
Everything that was acknowledged before the backup began is in it; what is written meanwhile may be. Writers do not wait.
The folder must not be there yet; it gets its name when the copy is whole and on the disk.
To restore: stop Penstock, put the folder in the place of <data>/historian, start again. Users and their passwords are in it.

  penstock historian backup /backups/historian-2026-10-01
  penstock historian verify --folder /backups/historian-2026-10-01`;

export const historianBackupCommand: CliCommand = {
  name: 'historian backup',
  operands: '<folder>',
  summary: 'copy the embedded store into a folder, while it runs',
  help: HELP,
  run: ({ operands: [folder = ''], settings }, cli) =>
    runTool({ options: {}, settings }, cli, { tool: 'backup', folder: path.resolve(folder) }),
};
