// `penstock doctor`: is everything there that a start needs? Each line says ok, warn or fail, and what to do.

import { EXIT } from '#runtime/start-error.ts';
import type { CliCommand, Paint, Style } from '../cli.ts';
import { checkBroker } from '../doctor/broker.ts';
import type { Check, Finding } from '../doctor/finding.ts';
import { checkClock, checkDataFolder, checkDisk, checkNode } from '../doctor/machine.ts';
import { checkPorts } from '../doctor/ports.ts';
import { checkRulesFolder } from '../doctor/rules-folder.ts';
import { checkServices } from '../doctor/services.ts';
import { checkStore } from '../doctor/store.ts';
import { readSettings } from '../settings.ts';

const CHECKS: readonly Check[] = [
  checkNode,
  checkDataFolder,
  checkDisk,
  checkClock,
  checkRulesFolder,
  checkPorts,
  checkServices,
  checkBroker,
  checkStore,
];

export const doctorCommand: CliCommand = {
  name: 'doctor',
  summary: 'look for what would keep Penstock from running, and say how to mend it',
  options: [['--json', 'as JSON']],
  run: async ({ options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const findings: Finding[] = [];
    // One after the other: the port checks listen for a moment, which the others must not meet.
    for (const check of CHECKS) {
      findings.push(...(await check({ config: loaded.config, nodeVersion: process.version, cli })));
    }
    cli.out(options.json === true ? `${JSON.stringify(findings, null, 2)}\n` : findingsText(findings, cli.paintOut));
    return exitCodeOf(findings);
  },
};

const STYLES: Readonly<Record<Finding['status'], Style>> = { ok: 'green', warn: 'yellow', fail: 'red' };

export function findingsText(findings: readonly Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .map(({ check, status, detail, fix }) => {
      const line = `${paint(STYLES[status], status.padEnd(4))} ${check.padEnd(width)}  ${detail}\n`;
      return fix === undefined ? line : `${line}${' '.repeat(width + 7)}fix: ${fix}\n`;
    })
    .join('');
}

export function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.some((finding) => finding.isUnreachable === true)) return EXIT.unavailable;
  return findings.some((finding) => finding.status === 'fail') ? EXIT.findings : EXIT.ok;
}
