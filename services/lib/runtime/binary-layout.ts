// How the bytes of a small binary payload are laid out (`layouts` of a device model): for radio devices whose payload is a
// dozen bytes without any names. Its shape only; ingest has the decoder.

import { z } from 'zod';
import { metricNameText } from './name-schema.ts';

/** Bytes of each type; 0 where the field says how many. */
export const FIELD_TYPES = {
  ...{ u8: 1, i8: 1, u16: 2, i16: 2, u24: 3, i24: 3, u32: 4, i32: 4, u64: 8, i64: 8, f32: 4, f64: 8 },
  ...{ flag: 1, text: 0 },
} as const;
export type FieldType = keyof typeof FIELD_TYPES;

const typeText = z.enum(Object.keys(FIELD_TYPES) as [FieldType, ...FieldType[]]);
const endian = z.enum(['big', 'little']);
const offsetOfByte = z.int().min(0).max(4_095);

const field = z
  .strictObject({
    metric: metricNameText.describe('The metric that it is.'),
    at: offsetOfByte.describe('Its first byte, counted from 0.'),
    type: typeText.describe(
      'u8 … u64 whole numbers, i8 … i64 signed, f32 f64 floating, flag one bit of a byte, text UTF-8 up to a zero byte.',
    ),
    endian: endian.optional().describe("Order of its bytes, where it is not the layout's."),
    bit: z
      .int()
      .min(0)
      .max(31)
      .optional()
      .describe('The bit of flag, or the lowest one where only some bits are the number; 0 is the least significant.'),
    width: z
      .int()
      .min(1)
      .max(31)
      .optional()
      .describe('How many bits are the number, where not all of them are; of i8 … i32 the highest one is its sign.'),
    bytes: z.int().min(1).max(256).optional().describe('How many bytes of text at most.'),
    scale: z.number().optional().describe('What the raw number is multiplied with, before `offset` is added.'),
    offset: z.number().optional().describe('What is added.'),
    none: z.number().optional().describe('The raw number that says "no value"; the point then has quality bad.'),
    values: z
      .record(
        z.string().regex(/^-?\d+$/, { error: 'must be the raw whole number' }),
        z.union([z.string().max(256), z.boolean()]),
      )
      .optional()
      .meta({ description: 'Names for raw numbers.', examples: [{ '0': 'shut', '1': 'open' }] }),
  })
  .superRefine((each, context) => {
    const say = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    const isFlag = each.type === 'flag';
    const hasBits = /^[ui](8|16|24|32)$/.test(each.type);
    if (isFlag && each.bit === undefined) say('bit', 'is missing: which bit of the byte, 0 to 7');
    if (!isFlag && !hasBits && each.bit !== undefined) say('bit', `means nothing for ${each.type}`);
    if (!hasBits && each.width !== undefined) say('width', `means nothing for ${each.type}`);
    if (hasBits && (each.bit === undefined) !== (each.width === undefined)) {
      const missing = each.bit === undefined ? 'bit' : 'width';
      say(missing, 'is missing: some bits of a number are told by the lowest one and by how many');
    }
    if ((each.bit ?? 0) + (each.width ?? 1) > 8 * Math.max(FIELD_TYPES[each.type], 1)) {
      say(each.width === undefined ? 'bit' : 'width', `reaches beyond the bits of ${each.type}`);
    }
    if ((each.type === 'text') !== (each.bytes !== undefined)) {
      say(
        'bytes',
        each.type === 'text' ? 'is missing: how many bytes of text at most' : `means nothing for ${each.type}`,
      );
    }
    const isPlainNumber = !(each.type === 'flag' || each.type === 'text');
    for (const key of ['scale', 'offset', 'none', 'values'] as const) {
      if (each[key] !== undefined && !isPlainNumber) say(key, `means nothing for ${each.type}`);
    }
    if (each.values !== undefined && (each.scale !== undefined || each.offset !== undefined)) {
      say('values', 'names raw numbers; scale and offset mean nothing beside it');
    }
  });

export const binaryLayout = z
  .strictObject({
    description: z.string().optional().describe('For people: which message of the device this is.'),
    bytes: z.int().min(1).max(4_096).optional().describe('Only for payloads of exactly so many bytes.'),
    first: z
      .record(z.string().regex(/^\d+$/, { error: "must be a byte's offset" }), z.int().min(0).max(255))
      .optional()
      .meta({ description: 'Only for payloads that have these bytes, by their offset.', examples: [{ '0': 1 }] }),
    endian: endian.default('big').describe('Order of bytes: big has the most significant one first.'),
    time: z
      .strictObject({
        at: offsetOfByte.describe('Its first byte, counted from 0.'),
        type: z.enum(['u32', 'u64']).describe('How many bits it has.'),
        unit: z.enum(['s', 'ms']).default('s').describe('What it counts.'),
        endian: endian.optional().describe("Order of its bytes, where it is not the layout's."),
      })
      .optional()
      .describe('Where the payload says when it was measured, as a whole number since 1970.'),
    fields: z.array(field).min(1).max(256).describe('The metrics in it.'),
  })
  .describe('The bytes of one message.');

export type Layout = z.infer<typeof binaryLayout>;
export type LayoutField = Layout['fields'][number];
