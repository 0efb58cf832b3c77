import { expect, test } from 'vitest';
import { payloadKindOf } from './payload-kind.ts';

test.each([
  ['points/v1/12', 'text/plain; charset=utf-8', 'points/v1'],
  ['journal/v1/3', 'text/plain; charset=utf-8', 'journal/v1'],
  ['alarm/v1/lyon/farm/hot/t1', 'application/json', 'alarm/v1'],
  ['alarm-op/v1/lyon/farm/hot/t1', 'application/json', 'alarm-op/v1'],
  ['device/v1/lyon/farm/t1', 'application/json', 'device/v1'],
  ['device/v1/lyon/farm/t1/gaps', 'application/json', 'device/v1/gaps'],
  ['latest/v1/lyon/farm/t1', 'application/json', 'latest/v1'],
  ['plant/v1/lyon/farm/t1/cmd', 'application/json', 'plant/v1/cmd'],
  ['plant/v1/lyon/farm/t1/cfg/desired', 'application/json', 'plant/v1/cfg/desired'],
  ['service/v1/ingest/a', 'application/json', 'service/v1'],
])('%s is %s, %s', (topic, contentType, schema) => {
  expect(payloadKindOf(topic)).toEqual({ contentType, schema });
});

test.each(['home/kitchen', 'spBv1.0/g/NDATA/n', '', 'pointsx/v1/1'])('%s is not ours to describe', (topic) => {
  expect(payloadKindOf(topic)).toBeUndefined();
});
