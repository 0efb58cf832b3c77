// Whether the rules folder is there, and what is wrong in its files: the same validator as the rules service and
// `penstock rules check`, errors only.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readRules } from '#rules/rule-files.ts';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import { type Check, type Finding, ok } from './finding.ts';

export const checkRulesFolder: Check = async ({ config }) => {
  const folder = path.resolve(config.rules.dir);
  try {
    await readdir(folder);
    const { rules, problems: ruleProblems } = readRules(folder);
    const { devices, problems } = readPlantFiles(folder);
    const found = [...ruleProblems, ...problems].map((problem): Finding => {
      return { check: 'rules', status: 'fail', detail: formatProblem(problem), fix: 'correct the file' };
    });
    return [ok('rules', `${rules.length} rules and ${devices.size} devices in ${folder}`), ...found];
  } catch (error) {
    const detail = `${folder} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    return [{ check: 'rules', status: 'fail', detail, fix: 'set PENSTOCK_RULES_DIR to the folder of your rules' }];
  }
};
