// Entries of the journal, newest first: when, what, by whom and why; what was measured then, and the explanation of it on demand.

import { useEffect, useMemo } from 'preact/hooks';
import type { JournalRow } from '../../api/history.ts';
import { csvName, download } from '../parts/download.ts';
import { now } from '../state/clock.ts';
import { texts } from '../texts.ts';
import { formatAge, formatMoment } from '../values/format.ts';
import { journalCsv } from './alarms-csv.ts';
import { eventWord } from './event-word.ts';
import { Explanation } from './explanation.tsx';
import { inputText } from './input-text.ts';
import { CSV_ROWS_MAX, type JournalAsked, JournalReading, keyOf, ROWS_MAX } from './journal-reading.ts';
import { hrefOfAlarm } from './list-state.ts';

export type JournalListProps = {
  readonly filter: JournalAsked;
  /** Of one alarm: its name need not be said again. */
  readonly isOfOne: boolean;
  /** Something new has happened whenever it changes. */
  readonly revision: number | null;
};

/** An entry goes from the rules service through broker and writer into the store before it can be read. */
const STORED_AFTER_MS = [1_000, 3_000];
/** What is typed into a filter is asked for when it stands still. */
const STILL_MS = 150;

export function JournalList({ filter, isOfOne, revision }: JournalListProps) {
  const reading = useMemo(() => new JournalReading(filter), [JSON.stringify(filter)]);
  useEffect(() => {
    const timers = [STILL_MS, ...(isOfOne ? STORED_AFTER_MS : [])].map((ms) =>
      setTimeout(() => void reading.refresh(), ms),
    );
    return () => timers.forEach(clearTimeout);
  }, [reading, revision, isOfOne]);
  const { entries, next, is, why } = reading.state.value;
  const { journal } = texts.alarms;
  return (
    <div class="journal">
      {why !== null && (
        <p class="problem" role="alert" data-testid="journal-problem">
          {journal.failed(why)}
        </p>
      )}
      {entries.length === 0 && why === null && <p class="empty">{is === 'reading' ? texts.loading : journal.empty}</p>}
      <ol data-testid="journal">
        {entries.map((entry) => (
          <Entry key={keyOf(entry)} entry={entry} isOfOne={isOfOne} />
        ))}
      </ol>
      <div class="journal-foot">
        {next !== null && entries.length >= ROWS_MAX && <p class="hint">{journal.full(ROWS_MAX)}</p>}
        {next !== null && entries.length < ROWS_MAX && (
          <button type="button" data-testid="journal-older" onClick={() => void reading.older()}>
            {is === 'reading' ? texts.loading : journal.older}
          </button>
        )}
        {entries.length > 0 && (
          <button
            type="button"
            class="quiet"
            data-testid="journal-csv"
            onClick={async () => download(csvName('journal', now.value), journalCsv(await reading.all()))}
          >
            {journal.csv(CSV_ROWS_MAX)}
          </button>
        )}
      </div>
    </div>
  );
}

type EntryProps = { readonly entry: JournalRow; readonly isOfOne: boolean };

function Entry({ entry, isOfOne }: EntryProps) {
  const { journal } = texts.alarms;
  const { actor, comment, commandReason, sinceActiveMs, overlay, state, limit, event } = entry;
  const inputs = Object.entries(entry.inputs).map(inputText);
  const notes = [
    ...(overlay === null ? [] : [overlay]),
    ...(limit === null ? [] : [journal.limit(limit)]),
    ...(sinceActiveMs === null || sinceActiveMs === 0 ? [] : [journal.afterBegin(formatAge(sinceActiveMs))]),
    ...(entry.historical ? [journal.historical] : []),
    ...(entry.shadow ? [journal.shadow] : []),
  ];
  return (
    <li data-testid="journal-entry" data-event={event} data-actor={actor} data-rule={entry.rule}>
      <p>
        <time dateTime={new Date(entry.at).toISOString()}>{formatMoment(entry.at, now.value)}</time>{' '}
        <b>{eventWord(event)}</b> <span class="state-word">{state}</span> <span class="hint">{notes.join(', ')}</span>
      </p>
      {!isOfOne && (
        <p class="clamp" dir="auto">
          <a href={hrefOfAlarm(entry)}>{`${entry.area} / ${entry.rule} / ${entry.instance}`}</a>{' '}
          <bdi>{entry.summary}</bdi>
        </p>
      )}
      {(actor !== null || comment !== null || commandReason !== null) && (
        <p class="clamp" dir="auto">
          {actor !== null && <bdi class="actor">{actor}</bdi>}
          {actor !== null && comment !== null && ': '}
          {comment !== null && <bdi>{comment}</bdi>} {commandReason !== null && <bdi>{commandReason}</bdi>}
        </p>
      )}
      {isOfOne && inputs.length > 0 && (
        <p class="hint clamp" dir="auto">
          {inputs.join('; ')}
        </p>
      )}
      {isOfOne && <Explanation name={entry} at={entry.at} />}
    </li>
  );
}
