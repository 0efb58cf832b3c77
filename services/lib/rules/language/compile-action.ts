// What a rule does: commands, publications, notifications, alarms of its own.

import type { Priority } from '#domain/alarm.ts';
import { parseDuration } from '#domain/duration.ts';
import { rootOf } from '#domain/topic.ts';
import type { ExpressionProblem } from './compile-expression.ts';
import type { Expression, Path } from './expression.ts';
import type { ActionTrigger, CommandSpec, Consequence, RuleFile, SelectSpec } from './rule-schema.ts';

type Common = {
  readonly id: string;
  readonly on: readonly ActionTrigger[];
  readonly evenIfSuppressed: boolean;
};

export type CommandAction = Common & {
  readonly type: 'command';
  readonly target: { readonly select?: SelectSpec | undefined; readonly device?: string | undefined };
  readonly command: string;
  readonly args: { readonly [name: string]: number | boolean | string };
  readonly permitWhen: Expression | undefined;
  readonly needsApproval: boolean;
  readonly expiresAfterMs: number;
  readonly acceptMs: number;
  readonly completeMs: number;
  readonly retries: number;
  readonly verify: { readonly condition: Expression; readonly withinMs: number } | undefined;
  readonly rateLimit: { readonly max: number; readonly perMs: number } | undefined;
  readonly onFailure: readonly Consequence[];
};
export type PublishAction = Common & {
  readonly type: 'publish';
  readonly topic: string;
  readonly payload: unknown;
  readonly retain: boolean;
};
export type NotifyAction = Common & { readonly type: 'notify'; readonly to: string };
export type AlarmAction = Common & {
  readonly type: 'alarm';
  readonly name: string | undefined;
  readonly priority: Priority;
};
export type CompiledAction = CommandAction | PublishAction | NotifyAction | AlarmAction;

type Parts = {
  readonly compileTruth: (raw: unknown, path: Path) => Expression | undefined;
  readonly problems: ExpressionProblem[];
};

const ms = (text: string): number => parseDuration(text) ?? 0;

export function compileActions(file: RuleFile, parts: Parts): CompiledAction[] {
  return file.actions.map((action, i): CompiledAction => {
    const path: Path = ['actions', i];
    switch (action.type) {
      case 'command':
        return compileCommand(action, path, parts);
      case 'publish':
        // What the services say to each other is said by them alone; a device is moved by a command, which can be refused.
        if (rootOf(action.topic) !== undefined || /[+#]/.test(action.topic) || action.topic.startsWith('$'))
          parts.problems.push({
            path: [...path, 'topic'],
            message: 'must be a topic without wildcards outside the trees of Penstock; devices are moved by a command',
          });
        return action;
      default:
        return action as NotifyAction | AlarmAction;
    }
  });
}

function compileCommand(action: CommandSpec, path: Path, { compileTruth, problems }: Parts): CommandAction {
  for (const [field, example] of [
    ['expiresAfter', '"30s"'],
    ['ack', '{ "accept": "3s", "complete": "10s" }'],
  ] as const) {
    if (action[field] !== undefined) continue;
    problems.push({ path, message: `command '${action.command}' needs ${field}, such as ${example}`, code: 'R012' });
  }
  const permitWhen =
    action.permitWhen === undefined ? undefined : compileTruth(action.permitWhen, [...path, 'permitWhen']);
  const verify = action.verify && compileTruth(action.verify.condition, [...path, 'verify', 'condition']);
  return {
    type: 'command',
    id: action.id,
    on: action.on,
    evenIfSuppressed: action.evenIfSuppressed,
    target: action.target,
    command: action.command,
    args: action.args,
    permitWhen,
    needsApproval: action.approval === 'operator',
    expiresAfterMs: ms(action.expiresAfter ?? ''),
    acceptMs: ms(action.ack?.accept ?? ''),
    completeMs: ms(action.ack?.complete ?? ''),
    retries: action.ack?.retries ?? 0,
    verify: verify && action.verify ? { condition: verify, withinMs: ms(action.verify.within) } : undefined,
    rateLimit: action.rateLimit && { max: action.rateLimit.max, perMs: ms(action.rateLimit.per) },
    onFailure: action.onFailure,
  };
}

/** The alarms that actions and failed commands raise, each id once. */
export function consequencesOf(
  actions: readonly CompiledAction[],
): { readonly id: string; readonly name: string | undefined; readonly priority: Priority }[] {
  const raised = actions.flatMap((action) => {
    if (action.type === 'alarm') return [action];
    if (action.type !== 'command') return [];
    return action.onFailure.flatMap((each) => (each.type === 'alarm' ? [{ ...each, name: each.name }] : []));
  });
  return [...new Map(raised.map(({ id, name, priority }) => [id, { id, name, priority }])).values()];
}
