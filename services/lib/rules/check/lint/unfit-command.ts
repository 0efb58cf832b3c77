// R022: a command that the model of its device does not describe, or with arguments that it does not take: it would be BLOCKED
// when the alarm comes. Certain where the model is named; else every model that has such a command is asked, and it is a warning.

import { nearestWord } from '#runtime/json-file.ts';
import { commandNamed, type Misfit, misfitsOf } from '../../language/command-fit.ts';
import type { CommandSpec } from '../../language/rule-schema.ts';
import type { Lint, Remark } from './lint.ts';
import type { PlantNames } from './plant-names.ts';

export const unfitCommand: Lint = {
  code: 'R022',
  ofFile: ({ actions }, _, plant) =>
    actions.flatMap((action, i) => (action.type === 'command' ? ofCommand(action, i, plant) : [])),
};

type Meant = { readonly command: string; readonly i: number; readonly level: Remark['level'] };

function ofCommand(action: CommandSpec, i: number, { commanded }: PlantNames): Remark[] {
  const { command } = action;
  const wanted = action.target.select?.model;
  const isCertain = wanted !== undefined;
  const models = isCertain ? commanded.filter(({ model }) => model === wanted) : commanded;
  const alike = models.filter(({ commands }) => commandNamed(command, commands) !== undefined);
  if (models.length === 0) return [];
  if (!isCertain && alike.length === 0) {
    const known = [...new Set(models.flatMap(({ commands = {} }) => Object.keys(commands)))];
    return [remark({ message: `no model has a command '${command}'`, known }, { command, i, level: 'warn' })];
  }
  const misfits = (isCertain ? models : alike).map((model) => misfitsOf(action, model.model, model.commands));
  // Where one of those that may be meant takes it as it is, nothing is said.
  if (misfits.some((each) => each.length === 0)) return [];
  return (misfits[0] ?? []).map((each) => remark(each, { command, i, level: isCertain ? 'error' : 'warn' }));
}

function remark({ argument, message, known }: Misfit, { command, i, level }: Meant): Remark {
  const path = ['actions', i, ...(argument === undefined ? ['command'] : ['args', argument])];
  const suggestion = nearestWord(argument ?? command, known);
  return { path, message, level, ...(suggestion === undefined ? {} : { suggestion }) };
}
