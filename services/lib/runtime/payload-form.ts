// How a payload is to be read: what a device model says of its devices' own topics, and a source of foreign ones.

import { z } from 'zod';

/** The payload formats there are; ingest has one decoder for each. */
export const PAYLOAD_FORMATS = ['json', 'value', 'senml-json', 'senml-cbor', 'line-protocol', 'csv', 'binary'] as const;

export const formatText = z.enum(PAYLOAD_FORMATS).meta({
  description:
    'json: an object, its members the metrics, inner ones joined by dots. value: the bare value of one metric. senml-json, senml-cbor: RFC 8428. line-protocol: InfluxDB. csv: lines of cells. binary: bytes as `layouts` of the device model say.',
});

/** What goes with a format, as members of the object that names it. */
export const formatMembers = {
  time: z
    .string()
    .min(1)
    .nullable()
    .optional()
    .describe(
      'The member (json) or column (csv) that says when; default: ts, time or timestamp. null: what these say is of no use, such as a local time without its zone, and the arrival counts.',
    ),
  csv: z
    .strictObject({
      columns: z
        .array(z.string().min(1).nullable())
        .min(1)
        .optional()
        .describe('Names of the columns in order, null for one to pass over; default: the first line names them.'),
      separator: z.string().length(1).default(',').describe('What stands between two cells.'),
    })
    .optional()
    .describe('Columns and separator of csv.'),
};

/** What is wrong with the members beside a format, by the name of the member; undefined where nothing is. */
export function formatProblem(form: {
  readonly format?: (typeof PAYLOAD_FORMATS)[number] | 'sparkplug' | undefined;
  readonly csv?: object | undefined;
  readonly time?: string | null | undefined;
}): { readonly member: string; readonly message: string } | undefined {
  const { format, csv, time } = form;
  if (csv !== undefined && format !== 'csv')
    return { member: 'csv', message: 'means nothing unless the format is csv' };
  if (time !== undefined && format !== 'csv' && format !== 'json') {
    return { member: 'time', message: 'means nothing unless the format is json or csv' };
  }
  return undefined;
}
