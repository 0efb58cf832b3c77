// Whether the rules folder is there, and what is wrong in its device and model files. The rules themselves are read by
// the rules service alone, and judged there; see services.ts for what it says.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { type Check, type Finding, ok } from './finding.ts';

export const checkRulesFolder: Check = async ({ config }) => {
  const folder = path.resolve(config.rules.dir);
  try {
    const names = await readdir(folder);
    const rules = names.filter((name) => name.endsWith('.json') && !name.endsWith('.test.json'));
    const { devices, problems } = readPlantFiles(folder);
    const found = problems.map((problem): Finding => {
      return { check: 'rules', status: 'fail', detail: formatProblem(problem), fix: 'correct the file' };
    });
    const files = `${rules.length} rule files (their contents are checked by the rules service at start)`;
    return [ok('rules', `${files} and ${devices.size} devices in ${folder}`), ...found];
  } catch (error) {
    const detail = `${folder} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    return [{ check: 'rules', status: 'fail', detail, fix: 'set PENSTOCK_RULES_DIR to the folder of your rules' }];
  }
};
