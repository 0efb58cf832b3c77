import { expect, test } from 'vitest';
import { noticeOf } from '../notify/testing.ts';
import { ntfy, ntfyBody } from './ntfy.ts';
import { hostileLetter, hugeLetter, letterOf, recordedOutlets } from './testing.ts';

test('published as JSON to the root of the server; a critical call rings through', async () => {
  const outlets = recordedOutlets();
  await ntfy.send(letterOf(), { type: 'ntfy', url: 'https://ntfy.test', topic: 'plant', token: 'tk' }, outlets);
  expect(outlets.posts).toEqual([
    {
      url: 'https://ntfy.test',
      headers: { authorization: 'Bearer tk' },
      body: {
        topic: 'plant',
        title: 'CRITICAL active: Tank hot - T1 (lyon/tank-farm)',
        message:
          'T1 is at 83.1 °C\ntemp 83.1 > 80\nsince 2026-11-24 13:00:00 Europe/Paris\nResponse: Open the vent (within 10m)',
        priority: 5,
        tags: ['rotating_light', 'critical'],
      },
    },
  ]);
});

test('without a token no header is sent, and news is silent', async () => {
  const outlets = recordedOutlets();
  const returned = letterOf([noticeOf({ event: 'RETURNED', state: 'NORM', priority: 'critical' })]);
  await ntfy.send(returned, { type: 'ntfy', url: 'https://ntfy.test', topic: 'plant', token: undefined }, outlets);
  expect(outlets.posts[0]).toMatchObject({ body: { priority: 2, tags: ['white_check_mark', 'critical'] } });
  expect(outlets.posts[0]).not.toHaveProperty('headers');
});

test('a message stays below the size at which it becomes an attachment', () => {
  const { message } = ntfyBody(hugeLetter(), 'plant') as { message: string };
  expect(Buffer.byteLength(message)).toBeLessThan(4_096);
  expect(message.endsWith('\n…')).toBe(true);
});

test('a hostile name adds no line', () => {
  const { message, title } = ntfyBody(hostileLetter(), 'plant') as { message: string; title: string };
  expect(title).not.toContain('\n');
  expect(message.split('\n').some((line) => line.startsWith('Bcc:'))).toBe(false);
});
