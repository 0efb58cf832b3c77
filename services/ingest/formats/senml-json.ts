// SenML as JSON (RFC 8428, section 5): [{"bn":"urn:dev:mac:0024befffe804ff1_","bt":1795355425,"n":"temp","u":"Cel","v":21.4}].

import type { Format } from '../record.ts';
import { parseJsonText } from './json-text.ts';
import { decodeSenml } from './senml.ts';

export const senmlJsonFormat: Format = {
  decode(payload, context) {
    const parsed = parseJsonText(payload);
    return 'value' in parsed ? decodeSenml(parsed.value, context) : { records: [], refusals: [parsed] };
  },
};
