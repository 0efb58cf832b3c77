// What may be sent to a device, as its model describes it, and what holds it back now. Pure; the rules service has the last word.

import { parseDuration } from '#domain/duration.ts';
import type { PlantStateName } from '#domain/plant-state.ts';
import type { Value } from '#domain/point.ts';
import { interlockedBecause } from '#rules/language/command-fit.ts';
import type { CommandModel, CommandModels } from '#runtime/command-model.ts';
import type { ArgumentOffer, CommandOffer, InterlockOffer } from '../api/commands.ts';

/** A named state of the device's area; undefined: nobody has said it. */
export type StateOf = (name: PlantStateName['name']) => Value | undefined;

export function offersOf(commands: CommandModels, stateOf: StateOf): CommandOffer[] {
  return Object.entries(commands).map(([command, model]): CommandOffer => {
    const { description = null, verify } = model;
    return {
      ...{ command, description },
      args: Object.entries(model.args).map(([name, argument]) => argumentOffer(name, argument)),
      interlocks: model.interlocks.map((interlock) => interlockOffer(interlock, stateOf)),
      blocked: interlockedBecause(model, stateOf) ?? null,
      verify: verify === undefined ? null : { metric: verify.metric, withinMs: parseDuration(verify.within) ?? 0 },
    };
  });
}

function argumentOffer(name: string, argument: CommandModel['args'][string]): ArgumentOffer {
  const { type, unit = null, min = null, max = null, values = null, optional = false, description = null } = argument;
  return { name, type, unit, min, max, values, isOptional: optional, description };
}

function interlockOffer(interlock: CommandModel['interlocks'][number], stateOf: StateOf): InterlockOffer {
  const { state, is, because = null } = interlock;
  const blocks = interlockedBecause({ interlocks: [interlock] }, stateOf) !== undefined;
  return { state, is: [is].flat(), because, now: stateOf(state) ?? null, blocks };
}
