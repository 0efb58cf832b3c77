import { expect, test } from 'vitest';
import { NO_FILES } from '../devices/testing.ts';
import { REBIRTH } from '../sparkplug/birth-metrics.ts';
import { encodePayload } from '../sparkplug/payload-encoder.ts';
import { placeByName } from '../sparkplug/place.ts';
import { bdSeqOf, metricOf } from '../sparkplug/testing.ts';
import { trialText, tryMessage } from './try-message.ts';

const NOW = 1_795_355_425_172;
const trying = { plant: NO_FILES, sources: [], placeOf: placeByName(), now: NOW, payloadBytesMax: 4_096 };

test('a birth of Sparkplug shows what would come of it, and data that it needs one', async () => {
  const metrics = [bdSeqOf(0), metricOf({ name: REBIRTH }, false, 'Boolean'), metricOf({ name: 'load' }, 0.5, 'Float')];
  const birth = encodePayload({ timestamp: NOW, seq: 0, metrics });
  const born = await tryMessage({ topic: 'spBv1.0/lyon/NBIRTH/line-3', payload: birth }, trying);
  expect(trialText(born).split('\n')).toEqual([
    "from     a Sparkplug edge node's topic; no birth of before is known here",
    'device   lyon/line-3/line-3: no model; online',
    `point    reading,area=line-3,device=line-3,metric=load,site=lyon value=0.5 ${NOW}`,
    '',
  ]);
  const data = encodePayload({ timestamp: NOW, seq: 1, metrics: [metricOf({ alias: 3 }, 1)] });
  const refused = await tryMessage({ topic: 'spBv1.0/lyon/NDATA/line-3', payload: data }, trying);
  expect(refused.refusals).toMatchObject([{ reason: 'birth' }]);
});

test('what is refused is shown with its place, where the sentence does not say it', async () => {
  const trial = await tryMessage({ topic: 'plant/v1/a/b/c/tele', payload: Buffer.from('{"a": 1}') }, trying);
  const refusals = [
    { reason: 'type', message: 'temperature is a text', place: 'line 2' },
    { reason: 'time', message: "line 3: 'ts' is a text", place: 'line 3' },
  ] as const;
  const text = trialText({ ...trial, refusals });
  expect(text).toContain('refused  type: temperature is a text (at line 2)\n');
  expect(text).toContain("refused  time: line 3: 'ts' is a text\n");
});

test('an order to a device is not taken', async () => {
  const trial = await tryMessage({ topic: 'plant/v1/a/b/c/cmd', payload: Buffer.from('{}') }, trying);
  expect(trial).toMatchObject({ origin: 'not taken', points: [], refusals: [] });
});
