// The strip that is always in sight: how many alarms of which priority, and whether what stands below is the present.

import { PRIORITIES, type Priority, type Role } from '#domain/alarm.ts';
import { counts } from '../alarms/counts.ts';
import { PriorityMark } from '../alarms/marks.tsx';
import { SoundControl } from '../alarms/sound-control.tsx';
import { link, plant } from '../state/live.ts';
import { hrefOf, PAGES, route } from '../state/route.ts';
import { logOut } from '../state/session.ts';
import { PRIORITY_WORDS, texts } from '../texts.ts';
import { LookChoice } from './look-choice.tsx';

export function Header({ user, role }: { readonly user: string; readonly role: Role }) {
  return (
    <header>
      <div class="strip">
        <h1>{texts.title}</h1>
        <ul class="counts" aria-label={texts.counts.label}>
          {PRIORITIES.map((priority) => (
            <Count key={priority} priority={priority} />
          ))}
        </ul>
        <Connection />
        <span class="user" data-testid="user" data-role={role}>
          <bdi>{user}</bdi> <span class="hint">{texts.roles[role]}</span>
        </span>
        <button type="button" class="quiet" onClick={() => void logOut()}>
          {texts.logout}
        </button>
      </div>
      <div class="strip">
        <Navigation />
        <SoundControl />
        <LookChoice />
      </div>
    </header>
  );
}

function Navigation() {
  return (
    <nav aria-label={texts.navigation}>
      <ul>
        {PAGES.map((page) => (
          <li key={page}>
            <a
              href={hrefOf(page)}
              aria-current={route.value.page === page ? 'page' : undefined}
              data-testid={`nav-${page}`}
            >
              {texts.pages[page]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Count({ priority }: { readonly priority: Priority }) {
  const { open, unacked } = counts.value.byPriority[priority];
  const word = PRIORITY_WORDS[priority];
  return (
    <li class={open === 0 ? 'count none' : 'count'} data-testid={`count-${priority}`}>
      <PriorityMark priority={priority} isFilled={unacked > 0} isColoured={open > 0} />
      <span class="visually-hidden">{texts.counts.count(word, open, unacked)}</span>
      <span aria-hidden="true">
        <span class="word">{word} </span>
        <b>{open}</b>
        {unacked > 0 && <span class="new"> {texts.counts.unacked(unacked)}</span>}
      </span>
    </li>
  );
}

function Connection() {
  const state = link.value === 'live' && plant.value.broker !== null ? 'broker' : link.value;
  return (
    <output class="connection" data-testid="connection" data-state={state}>
      <span class="lamp" aria-hidden="true" />
      {texts.connection[state]}
    </output>
  );
}
