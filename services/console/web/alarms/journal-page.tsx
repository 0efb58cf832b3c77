// What happened to all alarms: the same filters as the list, and what kind of thing it was.

import type { JournalEvent } from '#domain/journal.ts';
import { now } from '../state/clock.ts';
import { replaceQuery, route } from '../state/route.ts';
import { texts } from '../texts.ts';
import { endOfMinute, formatFilter } from './alarm-filter.ts';
import { FilterBar, FiltersButton } from './filter-bar.tsx';
import { JournalList } from './journal-list.tsx';
import { filter } from './list-state.ts';
import { ViewChoice } from './view-choice.tsx';

const KINDS = {
  activations: ['ACTIVE', 'LEVEL', 'RE_ALARM'],
  returns: ['RETURNED'],
  operations: ['ACKED', 'RESET', 'SHELVED', 'UNSHELVED', 'OUT_OF_SERVICE', 'IN_SERVICE', 'APPROVED', 'REFUSED'],
  commands: ['COMMAND'],
  rest: ['SUPPRESSED', 'UNSUPPRESSED', 'RULE_CHANGED', 'RETIRED', 'HISTORICAL', 'STOPPED', 'RESUMED'],
} as const satisfies { readonly [kind: string]: readonly JournalEvent[] };
type Kind = keyof typeof KINDS;
const KIND_NAMES = Object.keys(KINDS) as Kind[];

const DAY_MS = 86_400_000;
/** How often what is new is asked for. */
const FRESH_MS = 10_000;

export function JournalPage() {
  const { site, area, priorities, find, from, to } = filter.value;
  const asked = route.value.query.get('kind');
  const kind = KIND_NAMES.find((name) => name === asked);
  const { journal } = texts.alarms;
  const wanted = {
    ...{ site, area, priorities, find },
    ...(kind === undefined ? {} : { events: KINDS[kind] }),
    ...(from === null ? { lastMs: DAY_MS } : { from }),
    ...(to === null ? {} : { to: endOfMinute(to) }),
  };
  // A look for words goes through thousands of entries: it is not asked again and again.
  const revision = to === null && find === '' ? Math.floor(now.value / FRESH_MS) : null;
  return (
    <section class="panel alarms" aria-labelledby="journal-heading" data-testid="journal-page">
      <div class="panel-head">
        <h2 id="journal-heading">{journal.pageHeading}</h2>
        <FiltersButton />
        <ViewChoice view="journal" />
      </div>
      <FilterBar view="journal" />
      <label class="inline">
        {journal.kind}{' '}
        <select
          value={kind ?? ''}
          data-testid="journal-kind"
          onChange={(event) =>
            replaceQuery({
              ...formatFilter(filter.value),
              view: 'journal',
              kind: event.currentTarget.value || undefined,
            })
          }
        >
          <option value="">{journal.kinds.all}</option>
          {KIND_NAMES.map((name) => (
            <option key={name} value={name}>
              {journal.kinds[name]}
            </option>
          ))}
        </select>
      </label>
      {from === null && <p class="hint">{journal.lastDay}</p>}
      <JournalList filter={wanted} isOfOne={false} revision={revision} />
    </section>
  );
}
