// What a device model says of a metric's points on their way to the store: which of them are kept. Not to be mixed up with the
// metric's own `deadband`, which says what the device sends at all.

import { z } from 'zod';
import { parseDuration } from '#domain/duration.ts';
import { positiveDuration } from './duration-text.ts';

/** Last values and roll-ups come later by as much; of what is older, nobody would wait for the end. */
const AT_LEAST_EVERY_MAX = '1h';

const KINDS = ['deadband', 'swingingDoor', 'changes'] as const;

export const thinningModel = z
  .strictObject({
    deadband: z
      .number()
      .min(0)
      .optional()
      .describe(
        'A number is kept when it is further than this from the last one kept, in the unit of the metric; 0: when it is another.',
      ),
    swingingDoor: z
      .number()
      .min(0)
      .optional()
      .describe(
        'Straight lines between the numbers that are kept pass every other one at no more than this, in the unit of the metric.',
      ),
    changes: z
      .literal(true)
      .optional()
      .describe('A boolean or text is kept when it is another than the last one kept.'),
    atLeastEvery: positiveDuration
      .refine((text) => (parseDuration(text) ?? 0) <= (parseDuration(AT_LEAST_EVERY_MAX) ?? 0), {
        error: `is too long: at most ${AT_LEAST_EVERY_MAX}`,
      })
      .default('10m')
      .describe('However calm it is, one is kept as often as this, so that calm can be told from silence.'),
  })
  .superRefine((store, context) => {
    const said = KINDS.filter((kind) => store[kind] !== undefined);
    if (said.length === 1) return;
    const message =
      said.length === 0
        ? `says nothing of what is kept; say one of ${KINDS.join(', ')}`
        : `keep one of ${said.join(', ')}`;
    context.addIssue({ code: 'custom', message });
  });

type ThinningModel = z.infer<typeof thinningModel>;

/** What of it does not fit values of that type; undefined where all does. */
export function thinningProblem(
  type: 'number' | 'boolean' | 'text',
  store: ThinningModel,
): { readonly member: (typeof KINDS)[number]; readonly message: string } | undefined {
  if (type === 'number')
    return store.changes === undefined
      ? undefined
      : { member: 'changes', message: 'is for booleans and texts; say "deadband": 0 of a number' };
  const member = KINDS.find((kind) => kind !== 'changes' && store[kind] !== undefined);
  return member && { member, message: `is for numbers; say "changes": true of a ${type}` };
}

/** Which points of a series are kept. */
export type Thinning = {
  readonly kind: (typeof KINDS)[number];
  /** In the metric's unit; of `changes` 0. */
  readonly within: number;
  readonly atLeastEveryMs: number;
};

/** undefined: all of them. */
export function thinningOf({ store }: { readonly store?: ThinningModel | undefined }): Thinning | undefined {
  const kind = KINDS.find((each) => store?.[each] !== undefined);
  if (store === undefined || kind === undefined) return undefined;
  const atLeastEveryMs = parseDuration(store.atLeastEvery) ?? 0;
  return { kind, within: kind === 'changes' ? 0 : (store[kind] ?? 0), atLeastEveryMs };
}
