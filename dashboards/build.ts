// Writes the dashboards, and the alerts about the pipeline, as Grafana reads them, from the rules and device models of a plant:
//   npm run dashboards -- [--rules <folder>] [--console <url>] [--out <folder>]

import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readRules } from '#rules/rule-files.ts';
import { limitsOf } from '#rules/rule-limits.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles, requireRulesFolder } from '#runtime/plant-files.ts';
import { StartError } from '#runtime/start-error.ts';
import { alerting } from './alerts.ts';
import type { Context } from './boards/context.ts';
import { BOARDS } from './dashboards.ts';
import { buildBoard } from './parts/board.ts';
import { metricLooks } from './parts/metric-looks.ts';

export const CONSOLE_URL = 'http://127.0.0.1:8080';

/** What is committed, for the plant that comes along. */
export const JSON_FOLDER = path.join(import.meta.dirname, 'json');
export const ALERTING_FILE = path.resolve(import.meta.dirname, '../deploy/grafana/provisioning/alerting/pipeline.json');

export type Built = {
  /** Below the folder of dashboards: `Plant/penstock-overview.json`. */
  readonly file: string;
  readonly text: string;
};

/** @throws StartError that says what is wrong with the models or the rules: boards without their limits would look right */
export function contextOf(rulesDir: string, consoleUrl = CONSOLE_URL): Context {
  requireRulesFolder(rulesDir);
  const plant = readPlantFiles(rulesDir);
  const { rules, problems } = readRules(rulesDir);
  const wrong = [...plant.problems, ...problems];
  if (wrong.length > 0) throw new StartError(wrong.map(formatProblem).join('\n'));
  const models = [...plant.models.values()];
  const metrics = models.flatMap((model) => [...model.metrics]);
  const notNumbers = [...new Set(metrics.filter(([, { type }]) => type !== 'number').map(([name]) => name))].sort();
  return { looks: metricLooks(models, limitsOf(rules)), notNumbers, consoleUrl };
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

/** Of what stands there, only dashboards of ours are taken away. */
function writeAll(folder: string, built: readonly Built[]): void {
  for (const file of globSync('{Plant,Pipeline}/penstock-*.json', { cwd: folder })) rmSync(path.join(folder, file));
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
      out: { type: 'string', default: JSON_FOLDER },
    },
  });
  try {
    writeAll(values.out, buildAll(contextOf(values.rules, values.console)));
    if (values.out === JSON_FOLDER) writeFileSync(ALERTING_FILE, alertingText());
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}
`);
    process.exit(error.exitCode);
  }
}
