// What is asked for of the alarms: kept in the address, so that it can be shared and stays after a reload.

import { signal, useComputed } from '@preact/signals';
import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import { compareNames } from '../parts/find.ts';
import { alarms } from '../state/live.ts';
import { PRIORITY_WORDS, STATE_WORDS, texts } from '../texts.ts';
import { LISTED_STATES, NO_FILTER, SHOW_NAMES, type ShowName } from './alarm-filter.ts';
import { filter, setFilter } from './list-state.ts';
import { PriorityMark } from './marks.tsx';
import { MomentField } from './moment-field.tsx';

/** On a small screen the filters stand in the way of the alarms until somebody wants them. */
const isFolded = signal(true);

export function FiltersButton() {
  return (
    <button
      type="button"
      class="quiet filters-button"
      aria-expanded={!isFolded.value}
      onClick={() => {
        isFolded.value = !isFolded.value;
      }}
    >
      {texts.alarms.filtersButton}
    </button>
  );
}

export function FilterBar({ view }: { readonly view: 'list' | 'journal' }) {
  const { find, findHint, clearFilter, between } = texts.alarms;
  const { find: words, from, to } = filter.value;
  const isFiltered = JSON.stringify({ ...filter.value, show: 'open' }) !== JSON.stringify(NO_FILTER);
  return (
    <search class="filters" aria-label={texts.alarms.filterLabel} data-folded={isFolded.value ? 'yes' : 'no'}>
      {view === 'list' && <ShowChoice />}
      <PlaceChoice />
      <Priorities />
      {view === 'list' && <StateChoice />}
      <label class="inline">
        {find}{' '}
        <input
          type="search"
          data-testid="alarm-search"
          placeholder={findHint}
          value={words}
          onInput={(event) => setFilter({ find: event.currentTarget.value })}
        />
      </label>
      <fieldset class="between">
        <legend>{view === 'list' ? between.returned : between.happened}</legend>
        <MomentField label={between.from} testId="filter-from" at={from} onChange={(at) => setFilter({ from: at })} />
        <MomentField label={between.to} testId="filter-to" at={to} onChange={(at) => setFilter({ to: at })} />
      </fieldset>
      {isFiltered && (
        <button
          type="button"
          class="quiet"
          data-testid="filter-none"
          onClick={() => setFilter({ ...NO_FILTER, show: filter.value.show })}
        >
          {clearFilter}
        </button>
      )}
    </search>
  );
}

function ShowChoice() {
  return (
    <label class="inline">
      {texts.alarms.filter}{' '}
      <select
        value={filter.value.show}
        data-testid="alarm-filter"
        onChange={(event) => setFilter({ show: event.currentTarget.value as ShowName })}
      >
        {SHOW_NAMES.map((name) => (
          <option key={name} value={name}>
            {texts.alarms.filters[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Places that alarms are known of; and the one that the address names, known or not. */
function PlaceChoice() {
  const { site, area } = filter.value;
  const asked = [site, area].filter((name) => name !== '').join('/');
  const known = useComputed(() => {
    const places = new Set<string>();
    for (const alarm of alarms.value.values()) places.add(alarm.site).add(`${alarm.site}/${alarm.area}`);
    return [...places].sort(compareNames).join('\n');
  }).value.split('\n');
  const places = asked === '' || known.includes(asked) ? known : [asked, ...known];
  return (
    <label class="inline">
      {texts.alarms.place}{' '}
      <select
        value={asked}
        data-testid="filter-place"
        onChange={(event) => {
          const [chosenSite = '', chosenArea = ''] = event.currentTarget.value.split('/');
          setFilter({ site: chosenSite, area: chosenArea });
        }}
      >
        <option value="">{texts.alarms.everywhere}</option>
        {places
          .filter((place) => place !== '')
          .map((place) => (
            <option key={place} value={place}>
              {place.replace('/', ' / ')}
            </option>
          ))}
      </select>
    </label>
  );
}

function Priorities() {
  const { priorities } = filter.value;
  const toggled = (priority: Priority) =>
    PRIORITIES.filter((each) => priorities.includes(each) !== (each === priority));
  return (
    <fieldset class="toggles">
      <legend class="visually-hidden">{texts.alarms.columns.priority}</legend>
      {PRIORITIES.map((priority) => (
        <button
          key={priority}
          type="button"
          class={`quiet ${priority}`}
          aria-pressed={priorities.includes(priority)}
          data-testid={`filter-${priority}`}
          onClick={() => setFilter({ priorities: toggled(priority) })}
        >
          <PriorityMark priority={priority} isFilled={priorities.includes(priority)} isColoured={false} />
          {PRIORITY_WORDS[priority]}
        </button>
      ))}
    </fieldset>
  );
}

function StateChoice() {
  const { states } = filter.value;
  return (
    <label class="inline">
      {texts.alarms.columns.state}{' '}
      <select
        value={states.length === 1 ? states[0] : ''}
        data-testid="filter-state"
        onChange={(event) => {
          const { value } = event.currentTarget;
          setFilter({ states: LISTED_STATES.filter((state) => state === value) });
        }}
      >
        <option value="">{states.length > 1 ? states.join(', ') : texts.alarms.anyState}</option>
        {LISTED_STATES.map((state) => (
          <option key={state} value={state}>
            {`${state}: ${STATE_WORDS[state]}`}
          </option>
        ))}
      </select>
    </label>
  );
}
