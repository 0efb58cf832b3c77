// Alarms over time as a picture: one lane per alarm, one bar per episode. A priority is a colour and a height, so that it is
// told without colour too; what never returned has an open end. Pure text; of bounded size whatever the history held.

import type { Priority } from '#domain/alarm.ts';
import type { Episode } from './episodes.ts';
import { timeTicks } from './time-axis.ts';
import { barsOf, type Lane, lanesOf } from './timeline-lanes.ts';

export type TimelineOptions = {
  readonly title: string;
  /** One set, or what was and what is, one lane under the other. */
  readonly sets: readonly { readonly name: string; readonly episodes: readonly Episode[] }[];
  readonly range: { readonly from: number; readonly to: number };
};

const WIDTH = 1_200;
const LEFT = 310;
const RIGHT = 24;
const TOP = 84;
const LANE = 22;
const BAR = 16;
/** A taller picture is read by nobody; what has least alarm time is left out, and said. */
const LANES_MAX = 200;
const TICK_EVERY = 96;
const NAME_CHARACTERS = 34;

/** Height of a bar, and what stands for it in the legend. */
const SHAPES: { readonly [priority in Priority]: { readonly height: number } } = {
  critical: { height: 16 },
  high: { height: 12 },
  medium: { height: 8 },
  low: { height: 5 },
};

const STYLE = `
  .t{font:13px system-ui,sans-serif;fill:var(--ink)} .h{font-size:18px;font-weight:600} .s{font-size:12px;fill:var(--dim)}
  .g{stroke:var(--line)} .r{fill:var(--row)} .bg{fill:var(--paper)}
  .critical{fill:#c4122f} .high{fill:#c75a00} .medium{fill:#a38300} .low{fill:#2563b8}
  .suppressed{opacity:.45} .end{stroke:var(--ink);stroke-width:2;fill:none}
  svg{--ink:#1b1f24;--dim:#57606a;--line:#d0d7de;--row:#f6f8fa;--paper:#fff}
  @media (prefers-color-scheme:dark){svg{--ink:#e6edf3;--dim:#9aa4af;--line:#333b45;--row:#161b22;--paper:#0d1117}
  .critical{fill:#ff5c6c} .high{fill:#ff9a3d} .medium{fill:#e3c21c} .low{fill:#6aa8ff}}`;

export function timelineSvg({ title, sets, range }: TimelineOptions): string {
  const { lanes, left } = lanesOf(sets, LANES_MAX);
  const height = TOP + Math.max(1, lanes.length) * LANE + 40;
  const scale = (at: number) =>
    LEFT + ((at - range.from) / Math.max(1, range.to - range.from)) * (WIDTH - LEFT - RIGHT);
  const notes = [
    ...(lanes.length === 0 ? ['No alarm in this time.'] : []),
    ...(left > 0 ? [`${left} alarms with less time in alarm are not shown.`] : []),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(descriptionOf(lanes, range))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="bg" width="${WIDTH}" height="${height}"/>`,
    `<text class="t h" x="16" y="30">${escaped(title)}</text>`,
    `<text class="t s" x="16" y="50">${moment(range.from)} to ${moment(range.to)} UTC</text>`,
    legend(),
    axis(range, { scale, bottom: height - 36 }),
    ...lanes.map((lane, i) => laneSvg(lane, TOP + i * LANE, { scale, range, isMarked: i % 2 === 0 })),
    ...notes.map((note, i) => `<text class="t s" x="${LEFT}" y="${height - 22 + i * 15}">${escaped(note)}</text>`),
    '</svg>\n',
  ].join('\n');
}

type Scale = (at: number) => number;

function axis(range: TimelineOptions['range'], { scale, bottom }: { scale: Scale; bottom: number }): string {
  return timeTicks(range, Math.floor((WIDTH - LEFT - RIGHT) / TICK_EVERY))
    .map(({ at, label }) => {
      const x = shown(scale(at));
      return `<line class="g" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${bottom}"/><text class="t s" x="${x}" y="${TOP - 12}" text-anchor="middle">${label}</text>`;
    })
    .join('\n');
}

function legend(): string {
  return (Object.keys(SHAPES) as Priority[])
    .map((priority, i) => {
      const { height } = SHAPES[priority];
      const x = LEFT + 420 + i * 110;
      return `<rect class="${priority}" x="${x}" y="${25 - height / 2}" width="22" height="${height}"/><text class="t s" x="${x + 30}" y="29">${priority}</text>`;
    })
    .join('');
}

function laneSvg(
  { alarm, set, episodes }: Lane,
  y: number,
  { scale, range, isMarked }: { scale: Scale; range: TimelineOptions['range']; isMarked: boolean },
): string {
  const name = set === '' ? alarm : `${alarm} (${set})`;
  const bars = barsOf(episodes, { scale, range }).map((bar) => {
    const { height } = SHAPES[bar.priority];
    const top = y + (LANE - height) / 2;
    const rect = `<rect class="${bar.priority}${bar.isSuppressed ? ' suppressed' : ''}" x="${shown(bar.x)}" y="${top}" width="${shown(bar.width)}" height="${height}"><title>${escaped(bar.title)}</title></rect>`;
    if (!bar.isOpen) return rect;
    const x = shown(bar.x + bar.width);
    return `${rect}<path class="end" d="M${x} ${y + 3}l6 ${BAR / 2}l-6 ${BAR / 2}"/>`;
  });
  return [
    ...(isMarked ? [`<rect class="r" x="0" y="${y}" width="${WIDTH}" height="${LANE}"/>`] : []),
    `<text class="t" x="${LEFT - 12}" y="${y + 15}" text-anchor="end">${escaped(set === '' ? shortened(alarm) : `${shortened(alarm)} (${set})`)}<title>${escaped(name)}</title></text>`,
    ...bars,
  ].join('\n');
}

function descriptionOf(lanes: readonly Lane[], range: TimelineOptions['range']): string {
  const episodes = lanes.reduce((sum, lane) => sum + lane.episodes.length, 0);
  return `${episodes} episodes of ${lanes.length} alarms from ${moment(range.from)} to ${moment(range.to)} UTC`;
}

function moment(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

const shown = (x: number): string => x.toFixed(1).replace(/\.0$/, '');

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= NAME_CHARACTERS ? text : `…${characters.slice(1 - NAME_CHARACTERS).join('')}`;
}

/** Text that means nothing to XML; what XML cannot hold at all is shown as a replacement. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them, not even escaped
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
