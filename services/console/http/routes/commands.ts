// Commands that people send to a device. The rules service judges an order and tells its life; here it is only checked for what
// would certainly be refused, signed, and handed to the broker.

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { COMMAND_ROLES } from '#domain/access/operation-rights.ts';
import { ARGS_MAX } from '#domain/command.ts';
import {
  ARG_CHARS_MAX,
  ARGS_CHARS_MAX,
  COMMAND_WAIT_MS_MAX,
  type CommandLife,
  type CommandOperation,
  ORDER_NAME,
  personCid,
} from '#domain/command-life.ts';
import { type DeviceName, deviceKey, topics } from '#domain/topic.ts';
import { commandNamed, interlockedBecause, type Misfit, misfitsOf } from '#rules/language/command-fit.ts';
import { commandNameText } from '#runtime/command-model.ts';
import { didYouMean } from '#runtime/json-file.ts';
import { nameText } from '#runtime/name-schema.ts';
import { signOperation } from '#runtime/signed-operation.ts';
import type { CommandSent, CommandsView } from '../../api/commands.ts';
import { commandSent, commandsView } from '../../api/schemas/command.ts';
import { offersOf, type StateOf } from '../../devices/offers.ts';
import type { AppParts } from '../app.ts';
import { FaultyBodyError, ProblemError } from '../problem.ts';
import { publishConfirmed } from '../publish-confirmed.ts';

/** Who has just sent a command is there to see what comes of it; it must not move anything when he has gone home. */
const WAIT_MS = 60_000;

const params = z.object({ site: nameText, area: nameText, device: nameText });

const order = z.strictObject({
  command: commandNameText,
  args: z
    .record(nameText, z.union([z.number(), z.boolean(), z.string().max(ARG_CHARS_MAX)]))
    .refine((args) => Object.keys(args).length <= ARGS_MAX, { error: `may have ${ARGS_MAX} members at most` })
    .refine((args) => JSON.stringify(args).length <= ARGS_CHARS_MAX, {
      error: `may have ${ARGS_CHARS_MAX} characters at most, as JSON`,
    }),
  comment: z.string().trim().max(2_000).optional(),
  id: z.string().regex(ORDER_NAME, { error: 'must be a new name for each order, such as a UUID' }).optional(),
  waitMs: z.int().min(1_000).max(COMMAND_WAIT_MS_MAX).default(WAIT_MS),
});
type Order = z.infer<typeof order>;

const ADDRESS = '/devices/:site/:area/:device/commands';

export function commandRoutes(parts: AppParts): FastifyPluginAsyncZod {
  const { plant, models } = parts;
  const stateIn =
    ({ site, area }: DeviceName): StateOf =>
    (name) =>
      plant.state({ site, area, name });

  /** @throws ProblemError 404 */
  const modelOf = (name: DeviceName): string | null => {
    const device = plant.device(name);
    if (device === undefined) throw new ProblemError(404, `There is no device '${deviceKey(name)}'.`);
    return device.model;
  };

  /** @throws ProblemError where the rules service would certainly refuse it */
  const check = (name: DeviceName, { command, args }: Order): void => {
    const model = modelOf(name);
    if (model === null)
      throw new ProblemError(409, notSent(`no model describes '${deviceKey(name)}', so nobody knows what it obeys`));
    const known = models().get(model);
    if (known === undefined) return; // of another rules folder than ours; the rules service knows
    const { commands } = known;
    if (commands === undefined)
      throw new ProblemError(409, notSent(`model ${model} describes no commands, so nobody knows what it obeys`));
    const misfits = misfitsOf({ command, args }, model, commands);
    if (misfits.length > 0) throw new FaultyBodyError(misfits.map((each) => faultOf(each, command)));
    const described = commandNamed(command, commands);
    const blocked = described && interlockedBecause(described, stateIn(name));
    if (blocked !== undefined) throw new ProblemError(409, notSent(blocked));
  };

  return async (app) => {
    const offered = {
      config: { least: 'viewer' },
      schema: {
        summary: 'What may be sent to a device, and what became of what was',
        ...{ params, response: { 200: commandsView } },
      },
    } as const;
    app.get(ADDRESS, offered, ({ params: name }): CommandsView => {
      const model = modelOf(name);
      const commands = model === null ? undefined : models().get(model)?.commands;
      return { offers: offersOf(commands ?? {}, stateIn(name)), recent: plant.commandsOf(name) };
    });
    const sent = {
      config: { least: COMMAND_ROLES[0] },
      schema: {
        summary: 'Send a command to a device',
        description:
          'The broker has taken it where the answer is 202; the rules service judges it, and its life is told by the event stream.',
        ...{ params, body: order, response: { 202: commandSent } },
      },
    };
    app.post(ADDRESS, sent, async ({ params: name, body, session }, reply) => {
      if (session === null) throw new ProblemError(401, 'Log in first.');
      const { role, user } = session;
      const { id = randomUUID(), command, args, comment = '' } = body;
      const cid = personCid(name, id);
      modelOf(name);
      const earlier = plant.commandsOf(name).find((each) => each.cid === cid);
      if (earlier !== undefined) return reply.code(202).send(repeated(earlier, { user, command, args }));
      check(name, body);
      const sentAt = parts.now();
      const exp = sentAt + body.waitMs;
      const text = comment === '' ? {} : { comment };
      const operation: CommandOperation = { op: 'send', id, command, args, by: user, ...text, exp };
      const topic = topics.commandOperation(name);
      const payload = signOperation(topic, operation, { role, key: parts.operationsKey, sentAt });
      await publishConfirmed(parts, { topic, payload, watch: 'the commands of the device' });
      return reply.code(202).send({ cid, expiresAt: exp } satisfies CommandSent);
    });
  };
}

/** Its answer was lost, and the page asks again. @throws ProblemError 409 */
function repeated(
  earlier: CommandLife,
  { user, ...given }: Pick<Order, 'command' | 'args'> & { user: string },
): CommandSent {
  const { cid, by, command, args, expiresAt } = earlier;
  if (by !== user || command !== given.command)
    throw new ProblemError(409, notSent(`there is another command of this id, '${command}' by ${by}`));
  // As it would go out: JSON knows no negative zero.
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(given.args)), args))
    throw new ProblemError(
      409,
      notSent(`'${command}' was sent under this id with other arguments; give each order an id of its own`),
    );
  return { cid, expiresAt };
}

function faultOf({ argument, message, known }: Misfit, command: string) {
  const pointer = argument === undefined ? '/body/command' : `/body/args/${argument}`;
  return { pointer, detail: `${message}${didYouMean(argument ?? command, known)}` };
}

function notSent(why: string): string {
  return `Nothing was sent: ${why}.`;
}
