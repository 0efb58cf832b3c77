// Writes the dashboards, and the alerts about the pipeline, as Grafana reads them, from the rules and device models of a plant:
//   npm run dashboards -- [--rules <folder>] [--console <url>] [--out <folder>]

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readRules } from '#rules/rule-files.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { alerting } from './alerts.ts';
import type { Context } from './boards/context.ts';
import { BOARDS } from './dashboards.ts';
import { buildBoard } from './parts/board.ts';
import { metricLooks } from './parts/metric-looks.ts';
import { limitsOf } from './parts/rule-limits.ts';

export const CONSOLE_URL = 'http://127.0.0.1:8080';

export const ALERTING_FILE = path.resolve(import.meta.dirname, '../deploy/grafana/provisioning/alerting/pipeline.json');

export type Built = {
  /** Below the folder of dashboards: `Plant/penstock-overview.json`. */
  readonly file: string;
  readonly text: string;
};

export function contextOf(rulesDir: string, consoleUrl = CONSOLE_URL): Context {
  const models = [...readPlantFiles(rulesDir).models.values()];
  const metrics = models.flatMap((model) => [...model.metrics]);
  const notNumbers = [...new Set(metrics.filter(([, { type }]) => type !== 'number').map(([name]) => name))].sort();
  return { looks: metricLooks(models, limitsOf(readRules(rulesDir).rules)), notNumbers, consoleUrl };
}

export function buildAll(context: Context): Built[] {
  return BOARDS.map((boardOf) => {
    const board = boardOf(context);
    return { file: `${board.folder}/${board.uid}.json`, text: `${JSON.stringify(buildBoard(board), null, 2)}\n` };
  });
}

export function alertingText(): string {
  return `${JSON.stringify(alerting(), null, 2)}\n`;
}

function writeAll(folder: string, built: readonly Built[]): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { file, text } of built) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rules: { type: 'string', default: 'rules' },
      console: { type: 'string', default: CONSOLE_URL },
      out: { type: 'string', default: path.join(import.meta.dirname, 'json') },
    },
  });
  writeAll(values.out, buildAll(contextOf(values.rules, values.console)));
  writeFileSync(ALERTING_FILE, alertingText());
}
