import { expect, test } from 'vitest';
import { alarmNamed } from '../notify/testing.ts';
import { teams, teamsBody } from './teams.ts';
import { hostileLetter, hugeLetter, letterOf, recordedOutlets, textsIn } from './testing.ts';

test('a message with one adaptive card', async () => {
  const outlets = recordedOutlets();
  await teams.send(letterOf(), { type: 'teams', url: 'https://hooks.test/w' }, outlets);
  const run = (text: string) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }] });
  expect(outlets.posts).toMatchObject([
    {
      url: 'https://hooks.test/w',
      body: {
        type: 'message',
        attachments: [
          {
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: {
              type: 'AdaptiveCard',
              version: '1.4',
              body: [
                { inlines: [{ text: 'CRITICAL active: Tank hot - T1 (lyon/tank-farm)', color: 'Attention' }] },
                { inlines: [{ weight: 'Bolder' }] },
                run('T1 is at 83.1 °C'),
                run('temp 83.1 > 80'),
                run('since 2026-11-24 13:00:00 Europe/Paris'),
                run('Response: Open the vent (within 10m)'),
              ],
            },
          },
        ],
      },
    },
  ]);
});

test('every text is a run without markdown, no mention is declared, and nothing is evaluated', () => {
  const body = teamsBody(hostileLetter());
  const text = JSON.stringify(body);
  expect(text).not.toMatch(/"TextBlock"|"msteams"|"entities"/);
  for (const each of textsIn(body)) expect(each).not.toMatch(/\{\{|\$\{/);
});

test('the hugest letter, and the most detailed one, stay below 28 kB', () => {
  const long = { name: '漢'.repeat(1_000), summary: '漢'.repeat(1_000), reason: '漢'.repeat(1_000) };
  const detailed = letterOf(Array.from({ length: 5 }, (_, i) => alarmNamed(`T${i}`, long)));
  for (const letter of [hugeLetter(), detailed, hostileLetter()])
    expect(Buffer.byteLength(JSON.stringify(teamsBody(letter)))).toBeLessThan(28_000);
});
