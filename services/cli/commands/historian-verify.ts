// `penstock historian verify`: whether the embedded store's files are what was written into them.

import type { CliCommand } from '../cli.ts';
import { FOLDER_OPTION, runTool } from '../historian/run-tool.ts';

const HELP = `
Every chunk is read and held against its checksum, its count, its ends and its summary; the chunks against the catalogue; the
log record by record. Changes nothing, and the store may be running. Exit code 1 where something is wrong, with its places.

  penstock historian verify
  penstock historian verify --folder /backups/historian-2026-10-01`;

export const historianVerifyCommand: CliCommand = {
  name: 'historian verify',
  summary: 'check every byte that the embedded store holds',
  help: HELP,
  options: [FOLDER_OPTION],
  run: (call, cli) => runTool(call, cli, { tool: 'verify' }),
};
