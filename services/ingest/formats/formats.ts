// The payload formats there are. A new one is a file, its vectors, its name in PAYLOAD_FORMATS, and the row here that does
// not compile without.

import type { PAYLOAD_FORMATS } from '#runtime/payload-form.ts';
import type { Format } from '../record.ts';
import { binaryFormat } from './binary.ts';
import { csvFormat } from './csv.ts';
import { jsonFormat } from './json.ts';
import { lineProtocolFormat } from './line-protocol.ts';
import { senmlCborFormat } from './senml-cbor.ts';
import { senmlJsonFormat } from './senml-json.ts';
import { valueFormat } from './value.ts';

export type FormatName = (typeof PAYLOAD_FORMATS)[number];

export const FORMATS: { readonly [name in FormatName]: Format } = {
  json: jsonFormat,
  value: valueFormat,
  'senml-json': senmlJsonFormat,
  'senml-cbor': senmlCborFormat,
  'line-protocol': lineProtocolFormat,
  csv: csvFormat,
  binary: binaryFormat,
};
