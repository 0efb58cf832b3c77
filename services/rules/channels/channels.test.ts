import { expect, test } from 'vitest';
import { CHANNELS, type ChannelSettings, channelSchema, sendLetter } from './channels.ts';
import { letterOf, recordedOutlets } from './testing.ts';

const EVERY: readonly ChannelSettings[] = [
  { type: 'webhook', url: 'https://hooks.test/w', headers: {}, token: undefined },
  { type: 'email', to: 'shift@example.org' },
  { type: 'ntfy', url: 'https://hooks.test/n', topic: 'plant', token: undefined },
  { type: 'slack', url: 'https://hooks.test/s' },
  { type: 'teams', url: 'https://hooks.test/t' },
];

test('every channel of the table sends exactly one message', async () => {
  expect(EVERY.map(({ type }) => type)).toEqual(Object.keys(CHANNELS));
  for (const settings of EVERY) {
    const outlets = recordedOutlets();
    await sendLetter(letterOf(), settings, outlets);
    expect([settings.type, outlets.posts.length + outlets.mails.length]).toEqual([settings.type, 1]);
  }
});

test('every channel of the table can be configured', () => {
  const schema = channelSchema((file) => ({ value: `https://hooks.test/${file}` }));
  const given = EVERY.map(({ type }) =>
    schema.safeParse({
      type,
      ...(type === 'email' ? { to: 'a@b.org' } : { urlFile: 'x' }),
      ...(type === 'ntfy' ? { topic: 't' } : {}),
    }),
  );
  expect(given.map(({ success, data }) => [success, data?.type])).toEqual(EVERY.map(({ type }) => [true, type]));
});
