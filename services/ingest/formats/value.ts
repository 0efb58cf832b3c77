// A bare value, its metric named by the topic: `21.4`, `true`, `running`.

import { type Format, refused } from '../record.ts';
import { readBareValue } from './bare-value.ts';
import { payloadText } from './text.ts';

export const valueFormat: Format = {
  decode(payload, { metric }) {
    if (metric === null)
      return refused('topic', 'a bare value needs a metric in its topic; map {metric} in the source');
    const read = payloadText(payload);
    if ('reason' in read) return { records: [], refusals: [read] };
    const text = read.text.trim();
    if (text === '') return refused('shape', 'the payload is empty; send a number, true, false or a text');
    const value = readBareValue(text);
    if (typeof value === 'object' && value !== null) return refused(value.reason, value.message);
    const quality = value === null ? 'bad' : 'good';
    const metrics = [{ metric, value, quality } as const];
    return { records: [{ measuredAt: null, sequence: null, isHistory: false, isWhole: true, metrics }], refusals: [] };
  },
};
