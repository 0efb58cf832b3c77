import { describe, expect, it } from 'vitest';
import type { Episode } from './episodes.ts';
import { DAY, HOUR, MINUTE, T0 } from './testing.ts';
import { timeTicks } from './time-axis.ts';
import { barsOf } from './timeline-lanes.ts';
import { timelineSvg } from './timeline-svg.ts';

const range = { from: T0, to: T0 + HOUR };

function episode(from: number, to: number | null, more: Partial<Episode> = {}): Episode {
  const priority = more.priority ?? 'high';
  const plain = { alarm: 'r/s/a/i', rule: 'r', isSuppressed: false, summary: 'hot', parts: [{ from, priority }] };
  return { ...plain, from, to, priority, ...more };
}

const draw = (episodes: readonly Episode[], title = 'Alarms') =>
  timelineSvg({ title, sets: [{ name: 'now', episodes }], range });

/** What XML cannot hold, and marks that would turn a line round. */
const IMPOSSIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\u202e\u2066]|[\ud800-\udbff](?![\udc00-\udfff])/;

/** Every element that is opened is closed, in order; no markup but the picture's own. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [tag, slash, name = '', empty] of svg.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (slash === '/') expect(open.pop(), tag).toBe(name);
    else if (empty !== '/') open.push(name);
  }
  expect(open).toEqual([]);
  const rest = svg.replace(/<\/?(?:svg|title|desc|style|rect|text|line|path)(?:\s[\w:-]+="[^"<]*")*\s*\/?>/g, '');
  expect(rest).not.toMatch(/[<>]/);
  expect(rest.replace(/&(?:amp|lt|gt|quot);/g, '')).not.toContain('&');
}

describe('timelineSvg()', () => {
  it('draws a bar where the alarm was, with its words', () => {
    const svg = draw([episode(T0 + 15 * MINUTE, T0 + 30 * MINUTE)]);
    expectWellFormed(svg);
    expect(svg).toContain('<rect class="high" x="526.5" y="89" width="216.5" height="12">');
    expect(svg).toContain('<title>r/s/a/i, high: 2026-10-07T00:15:00.000Z to 2026-10-07T00:30:00.000Z. hot</title>');
    expect(svg).toMatch(/role="img" aria-labelledby="title desc"/);
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it.each([
    ['markup', '</title><script>alert(1)</script><title x="'],
    ['entities', 'a & b &amp; c < d > "e" \'f\''],
    ['control characters', 'a\u0000b\u001bc\u0008d\uffff'],
    ['half a character', 'a\ud800b'],
    ['writing direction', 'a\u202eb\u2066c'],
    ['length', 'x'.repeat(100_000)],
    ['many bytes', '😀'.repeat(200)],
  ])('lets nothing out of a text: %s', (_, hostile) => {
    const svg = draw([episode(T0, null, { alarm: hostile, summary: hostile })], hostile.slice(0, 200));
    expectWellFormed(svg);
    expect(svg).not.toMatch(IMPOSSIBLE);
  });

  it('stays small whatever a year of chatter holds', () => {
    const many = Array.from({ length: 20_000 }, (_, i) =>
      episode(T0 + i * 180, T0 + i * 180 + 90, {
        priority: i % 2 === 0 ? 'low' : 'critical',
        isSuppressed: i % 3 === 0,
      }),
    );
    expect(draw(many).length).toBeLessThan(400_000);
    const lanes = Array.from({ length: 1_000 }, (_, i) => episode(T0, T0 + 1 + i, { alarm: `r/s/a/${i}` }));
    const svg = draw(lanes);
    expect(svg).toContain('800 alarms with less time in alarm are not shown.');
    expect(svg).not.toContain('>r/s/a/0<');
    expect(svg).toContain('>r/s/a/999<');
  });

  it('shows that there was nothing, and a range without a length', () => {
    expect(draw([])).toContain('No alarm in this time.');
    expectWellFormed(
      timelineSvg({ title: 't', sets: [{ name: '', episodes: [episode(T0, T0)] }], range: { from: T0, to: T0 } }),
    );
  });

  it('puts two sets under each other, each with its name', () => {
    const sets = ['old', 'now'].map((name) => ({ name, episodes: [episode(T0, T0 + MINUTE)] }));
    const svg = timelineSvg({ title: 't', sets, range });
    expect(svg.indexOf('r/s/a/i (old)')).toBeLessThan(svg.indexOf('r/s/a/i (now)'));
  });
});

describe('barsOf()', () => {
  const picture = { scale: (at: number) => (at - T0) / MINUTE, range };

  it('parts an episode by its priorities and marks what is open', () => {
    const parts = [
      { from: T0, priority: 'medium' as const },
      { from: T0 + 10 * MINUTE, priority: 'critical' as const },
    ];
    expect(barsOf([episode(T0, null, { parts })], picture)).toMatchObject([
      { x: 0, width: 10, priority: 'medium', isOpen: false },
      { x: 10, width: 50, priority: 'critical', isOpen: true },
    ]);
  });

  it('never colours a long bar by a short one beside it', () => {
    const episodes = [
      episode(T0, T0 + 20 * MINUTE, { priority: 'low' }),
      episode(T0 + 20 * MINUTE, T0 + 20 * MINUTE + 1, { priority: 'critical' }),
    ];
    expect(barsOf(episodes, picture).map(({ priority }) => priority)).toEqual(['low', 'critical']);
  });

  it('shows the more urgent of what is too thin to be told apart', () => {
    const episodes = [episode(T0, T0 + 1, { priority: 'low' }), episode(T0 + 2, T0 + 3, { priority: 'critical' })];
    expect(barsOf(episodes, picture)).toMatchObject([{ priority: 'critical', isThin: true }]);
  });
});

describe('timeTicks()', () => {
  it.each<readonly [what: string, rangeMs: number, labels: string[]]>([
    ['seconds', 30_000, ['7 Oct', '00:00:10', '00:00:20', '00:00:30']],
    ['hours', 6 * HOUR, ['7 Oct', '02:00', '04:00', '06:00']],
    ['over midnight', 2 * DAY, ['7 Oct', '8 Oct', '9 Oct']],
    ['weeks, from Mondays', 21 * DAY, ['12 Oct', '19 Oct', '26 Oct']],
    ['months', 120 * DAY, ['Nov 26', '2027']],
  ])('%s', (_, rangeMs, labels) => {
    expect(timeTicks({ from: T0, to: T0 + rangeMs }, 3).map(({ label }) => label)).toEqual(labels);
  });

  it('has few ticks over any range, and none over an impossible one', () => {
    for (const rangeMs of [0, 1, 1_000, HOUR, DAY, 400 * DAY, 40_000 * DAY])
      expect(timeTicks({ from: T0, to: T0 + rangeMs }, 10).length).toBeLessThanOrEqual(12);
    expect(timeTicks({ from: T0, to: T0 - DAY }, 10)).toEqual([]);
  });
});
