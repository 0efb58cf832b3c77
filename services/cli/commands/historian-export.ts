// `penstock historian export`: what the embedded store holds as line protocol, which every InfluxDB reads.

import { EXIT } from '#runtime/start-error.ts';
import type { CliCommand } from '../cli.ts';
import { FOLDER_OPTION, runTool } from '../historian/run-tool.ts';
import { momentOption } from '../history/history-options.ts';
import { refuse } from '../history/refuse.ts';

const HELP = `
Every value is written as it is stored: integers of 64 bits, texts with quotes and newlines, moments in microseconds.
A name that ends in .gz compresses; - or no name is standard output.

  penstock historian export --database plant --policy raw --from now-7d week.lp.gz
  penstock historian export --measurement alarm_event | grep tank-01`;

export const historianExportCommand: CliCommand = {
  name: 'historian export',
  operands: '[file]',
  summary: 'write what the embedded store holds as line protocol',
  help: HELP,
  options: [
    ['--database <name>', 'of this database (default: all)'],
    ['--policy <name>', 'of this retention policy (default: all)'],
    ['--measurement <name>', 'of this measurement (default: all)'],
    ['--from <moment>', 'from this moment on'],
    ['--to <moment>', 'before this moment'],
    FOLDER_OPTION,
  ],
  run: async (call, cli) => {
    const { options } = call;
    const now = cli.now();
    const [from, to] = [momentOption('--from', options.from, now), momentOption('--to', options.to, now)];
    const problems = [from, to].filter((each) => typeof each === 'string');
    if (typeof from === 'number' && typeof to === 'number' && to <= from) problems.push('--to must be after --from');
    if (problems.length > 0 || typeof from === 'string' || typeof to === 'string') {
      return refuse(problems, EXIT.usage, cli);
    }
    const { database, policy, measurement } = options;
    const range = {
      ...(from !== undefined && { from: from * 1_000 }),
      ...(to !== undefined && { to: to * 1_000 - 1 }), // the tool's ends are inclusive
    };
    const target = call.operands[0] ?? '-';
    return runTool(call, cli, { tool: 'export', target, database, policy, measurement, ...range });
  },
};
