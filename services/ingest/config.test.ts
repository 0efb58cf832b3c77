import { expect, test } from 'vitest';
import { brokerSection } from '#runtime/sections.ts';
import { ingestSection } from './config.ts';

test('a full batch fits into a packet of the embedded broker, which cuts off whoever sends a longer one', () => {
  const { batchBytesMax } = ingestSection.parse({});
  // Topic and header come on top, and the line that fills a batch goes a little beyond its size.
  expect(batchBytesMax * 1.5).toBeLessThan(brokerSection.parse({}).packetBytesMax);
});
