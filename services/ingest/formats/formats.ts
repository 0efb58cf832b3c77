// The payload formats there are. A new one is a file, its vectors, and a row here.

import type { Format } from '../record.ts';
import { jsonFormat } from './json.ts';
import { valueFormat } from './value.ts';

export const FORMATS = { json: jsonFormat, value: valueFormat } as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as [FormatName, ...FormatName[]];
