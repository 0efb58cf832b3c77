// The chart in words: each alarm, from when to when, and what became of it against the saved rule.

import { useSignal } from '@preact/signals';
import type { Moved } from '#rules/backtest/compare.ts';
import type { BacktestView } from '../../../api/rules.ts';
import { PriorityCell } from '../../alarms/marks.tsx';
import { MoreButton } from '../../parts/more-button.tsx';
import { now } from '../../state/clock.ts';
import { texts } from '../../texts.ts';
import { formatAge, formatMoment } from '../../values/format.ts';
import { type EpisodeRow, episodeRows, type Than } from './difference.ts';

const SHOWN_AT_FIRST = 12;
/** Of the few hundred that the server lists, all; more would be slow to draw at every key. */
const SHOWN_MAX = 500;

export function EpisodeTable({ view }: { readonly view: BacktestView }) {
  const isWhole = useSignal(false);
  const rows = episodeRows(view);
  const shown = rows.slice(0, isWhole.value ? SHOWN_MAX : SHOWN_AT_FIRST);
  const { heading, none, columns, more } = texts.rules.trial.episodes;
  const isCompared = view.comparison !== null;
  const beyond = view.result.episodesMore + Math.max(0, rows.length - SHOWN_MAX);
  return (
    <div data-testid="episodes" data-count={view.result.episodes.length + view.result.episodesMore}>
      <h3>{heading}</h3>
      {rows.length === 0 ? (
        <p class="empty">{none}</p>
      ) : (
        <table class="episodes">
          <thead>
            <tr>
              <th scope="col">{columns.alarm}</th>
              <th scope="col">{columns.from}</th>
              <th scope="col">{columns.to}</th>
              <th scope="col">{columns.lasted}</th>
              <th scope="col">{columns.priority}</th>
              {isCompared && <th scope="col">{columns.than}</th>}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={`${row.episode.alarm} ${row.episode.from} ${wordOf(row.than)}`} row={row} />
            ))}
          </tbody>
        </table>
      )}
      {!isWhole.value && <MoreButton hidden={Math.min(rows.length, SHOWN_MAX) - SHOWN_AT_FIRST} isWhole={isWhole} />}
      {beyond > 0 && <p class="hint">{more(beyond)}</p>}
    </div>
  );
}

function Row({ row: { episode, than } }: { readonly row: EpisodeRow }) {
  const { alarm, from, to, priority, isSuppressed, summary } = episode;
  const { open, suppressed, columns } = texts.rules.trial.episodes;
  const at = now.peek();
  return (
    <tr data-testid="episode" data-than={wordOf(than)} class={than === 'removed' ? 'removed' : ''}>
      <th scope="row" title={summary}>
        <bdi class="clamp">{alarm.slice(alarm.lastIndexOf('/') + 1)}</bdi>
      </th>
      <td data-label={columns.from}>{formatMoment(from, at)}</td>
      <td data-label={columns.to}>{to === null ? open : formatMoment(to, at)}</td>
      <td data-label={columns.lasted}>{to === null ? '' : formatAge(to - from)}</td>
      <td>
        <PriorityCell priority={priority} isFilled={false} isColoured={false} />
        {isSuppressed && <span class="hint"> {suppressed}</span>}
      </td>
      {than !== null && (
        <td data-label={columns.than} class={than === 'same' ? 'calm' : 'than'}>
          {thanWords(than)}
        </td>
      )}
    </tr>
  );
}

const wordOf = (than: Than): string => (than === null ? '' : typeof than === 'string' ? than : 'moved');

function thanWords(than: Exclude<Than, null>): string {
  const { same, added, removed, moved } = texts.rules.trial.episodes;
  if (typeof than === 'string') return { same, added, removed }[than];
  return moved(movedWords(than));
}

function movedWords({ beginsLaterMs, endsLaterMs }: Moved): string {
  const { begins, ends, later, earlier } = texts.rules.trial.episodes;
  const by = (ms: number) => (ms > 0 ? later(formatAge(ms)) : earlier(formatAge(-ms)));
  const parts = [
    ...(beginsLaterMs === 0 ? [] : [begins(by(beginsLaterMs))]),
    ...(endsLaterMs === null || endsLaterMs === 0 ? [] : [ends(by(endsLaterMs))]),
  ];
  return parts.join(', ');
}
