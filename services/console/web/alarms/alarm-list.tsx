// The list of alarms with all that goes with it: what is shown, how much of it, what is ticked.

import { useEffect } from 'preact/hooks';
import { csvName, download } from '../parts/download.ts';
import { now } from '../state/clock.ts';
import { isPlantKnown } from '../state/live.ts';
import { texts } from '../texts.ts';
import { AlarmGrid } from './alarm-grid.tsx';
import { alarmsCsv } from './alarms-csv.ts';
import { BulkBar } from './bulk-bar.tsx';
import { counts } from './counts.ts';
import { FilterBar, FiltersButton } from './filter-bar.tsx';
import { forgetAsked, handleShortcut, isHelpShown } from './keys.ts';
import { filter, setFilter, shownAlarms } from './list-state.ts';
import { ViewChoice } from './view-choice.tsx';

export function AlarmList() {
  useEffect(() => {
    addEventListener('keydown', handleShortcut);
    return () => {
      removeEventListener('keydown', handleShortcut);
      forgetAsked();
    };
  }, []);
  const count = shownAlarms.value.length;
  const { heading, empty, keys } = texts.alarms;
  return (
    <section class="panel alarms" aria-labelledby="alarms-heading">
      <div class="panel-head">
        <h2 id="alarms-heading" tabIndex={-1}>
          {heading}
        </h2>
        <output data-testid="alarm-count">{isPlantKnown.value && texts.alarms.count(count)}</output>
        <FiltersButton />
        <ViewChoice view="list" />
        <button
          type="button"
          class="quiet"
          data-testid="alarms-csv"
          onClick={() => download(csvName('alarms', now.value), alarmsCsv(shownAlarms.value))}
        >
          {texts.alarms.csv}
        </button>
        <button
          type="button"
          class="quiet"
          data-testid="keys-button"
          onClick={() => {
            isHelpShown.value = true;
          }}
        >
          {keys.button}
        </button>
      </div>
      <FilterBar view="list" />
      <BulkBar />
      {!isPlantKnown.value && <p class="empty">{texts.loading}</p>}
      {isPlantKnown.value && count === 0 && (
        <p class="empty" data-testid="alarms-empty">
          {isNarrowed() ? texts.alarms.noMatch : empty[filter.value.show]}
        </p>
      )}
      {count > 0 && <AlarmGrid />}
      {filter.value.show !== 'aside' && <AsideNote />}
    </section>
  );
}

function isNarrowed(): boolean {
  const { site, area, find, priorities, states, from, to } = filter.value;
  return (
    [site, area, find].some((text) => text !== '') || priorities.length + states.length > 0 || (from ?? to) !== null
  );
}

/** What is silenced is not forgotten: how much there is stands below every other list. */
function AsideNote() {
  const count = counts.value.aside;
  if (count === 0) return null;
  return (
    <p class="hint" data-testid="aside-note">
      {texts.alarms.aside(count)}{' '}
      <button type="button" class="quiet link" onClick={() => setFilter({ show: 'aside' })}>
        {texts.alarms.showAside}
      </button>
    </p>
  );
}
