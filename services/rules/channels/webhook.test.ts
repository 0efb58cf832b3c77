import { expect, test } from 'vitest';
import { alarmNamed, noticeOf } from '../notify/testing.ts';
import { HOSTILE, hostileLetter, hugeLetter, letterOf, recordedOutlets } from './testing.ts';
import { webhook, webhookBody } from './webhook.ts';

test('the whole group as JSON, with a key that repeats and a token', async () => {
  const outlets = recordedOutlets();
  const settings = {
    type: 'webhook',
    url: 'https://hooks.test/x',
    headers: { 'x-plant': 'lyon' },
    token: 'abc',
  } as const;
  const notices = [alarmNamed('T1', { priority: 'high' }), alarmNamed('T2')];
  await webhook.send(letterOf(notices), settings, outlets);
  expect(outlets.posts).toEqual([
    {
      url: 'https://hooks.test/x',
      headers: { 'x-plant': 'lyon', 'idempotency-key': 'k1', authorization: 'Bearer abc' },
      body: {
        version: 1,
        key: 'k1',
        thread: 't1',
        kind: 'alarms',
        priority: 'high',
        calling: true,
        count: 2,
        omitted: 0,
        alarms: notices.map((notice) => ({ ...notice, repeat: false })),
      },
    },
  ]);
});

test('texts stay what they are', () => {
  const body = JSON.parse(JSON.stringify(webhookBody(hostileLetter())));
  expect(body.alarms[0].name).toBe(HOSTILE);
});

test('of a flood 200 are listed, and everything that is critical', () => {
  expect(webhookBody(hugeLetter())).toMatchObject({ count: 300, omitted: 100 });
  const late = Array.from({ length: 210 }, (_, i) => alarmNamed(`T${i}`, { priority: i < 205 ? 'low' : 'critical' }));
  const { alarms } = webhookBody(letterOf(late)) as { alarms: { priority: string }[] };
  expect(alarms.filter(({ priority }) => priority === 'critical')).toHaveLength(5);
});

test('a name like __proto__ is one more label', () => {
  const labels = JSON.parse('{ "__proto__": "x" }') as Record<string, string>;
  expect(JSON.stringify(webhookBody(letterOf([noticeOf({ labels })])))).toContain('"__proto__":"x"');
});
