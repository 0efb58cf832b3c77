// `penstock historian stats`: what the embedded store holds, counted.

import type { CliCommand } from '../cli.ts';
import { FOLDER_OPTION, runTool } from '../historian/run-tool.ts';

const HELP = `
Per retention policy: series, samples, bytes on the disk, bytes per sample, and the moments of the first and the last.

  penstock historian stats
  penstock historian stats --json --folder /backups/historian-2026-10-01`;

export const historianStatsCommand: CliCommand = {
  name: 'historian stats',
  summary: 'count what the embedded store holds, per retention policy',
  help: HELP,
  options: [['--json', 'as JSON'], FOLDER_OPTION],
  run: (call, cli) => runTool(call, cli, { tool: 'stats', isJson: call.options.json === true }),
};
