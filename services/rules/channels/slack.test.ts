import { expect, test } from 'vitest';
import { slack, slackBody } from './slack.ts';
import { hostileLetter, hugeLetter, letterOf, recordedOutlets } from './testing.ts';

type Body = { text: string; blocks: { type: string; text: { type: string; text: string } }[] };

test('a header, a section for every alarm, and the line of the notification', async () => {
  const outlets = recordedOutlets();
  await slack.send(letterOf(), { type: 'slack', url: 'https://hooks.test/T/B' }, outlets);
  expect(outlets.posts).toMatchObject([
    {
      url: 'https://hooks.test/T/B',
      body: {
        text: 'CRITICAL active: Tank hot - T1 (lyon/tank-farm)',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: 'CRITICAL active: Tank hot - T1 (lyon/tank-farm)' } },
          { type: 'section', text: { type: 'plain_text', text: expect.stringContaining('\ntemp 83.1 > 80\n') } },
        ],
      },
    },
  ]);
});

test('no text of a hostile notice is read as markup or rings for a channel', () => {
  const { text, blocks } = slackBody(hostileLetter()) as Body;
  expect(new Set(blocks.map((block) => block.text.type))).toEqual(new Set(['plain_text']));
  expect(text).not.toMatch(/[<>]/);
  expect(text).not.toMatch(/@(?:here|channel|everyone)/);
  expect(text).toContain('&lt;!channel&gt;');
  expect(text).toContain('&amp;lt;');
});

test('the limits of Slack hold for the hugest letter', () => {
  const { blocks } = slackBody(hugeLetter()) as Body;
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
  for (const block of blocks) expect(block.text.text.length).toBeLessThanOrEqual(3_000);
  expect(blocks.at(-1)?.text.text).toBe('and 260 more (260 low)');
});
