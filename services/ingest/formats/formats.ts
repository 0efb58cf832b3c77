// The payload formats there are. A new one is a file, its vectors, its name in SOURCE_FORMATS, and the row here that does
// not compile without.

import type { SOURCE_FORMATS } from '#runtime/source-file.ts';
import type { Format } from '../record.ts';
import { jsonFormat } from './json.ts';
import { valueFormat } from './value.ts';

export type FormatName = (typeof SOURCE_FORMATS)[number];
export const FORMATS: { readonly [name in FormatName]: Format } = { json: jsonFormat, value: valueFormat };
