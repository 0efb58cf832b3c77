// The alarms as they stand, or what happened to them: the filter goes along.

import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { formatFilter } from './alarm-filter.ts';
import { filter } from './list-state.ts';

export type AlarmsView = 'list' | 'journal';

export function ViewChoice({ view }: { readonly view: AlarmsView }) {
  const { site, area, priorities, find, show } = filter.value;
  // Moments mean the return in the one, and the entry in the other.
  const common = formatFilter({ ...{ site, area, priorities, find, show }, states: [], from: null, to: null });
  const { views } = texts.alarms;
  return (
    <nav class="views" aria-label={views.label}>
      {(['list', 'journal'] as const).map((name) => (
        <a
          key={name}
          href={hrefOf('alarms', [], { ...common, view: name === 'list' ? undefined : name })}
          aria-current={name === view ? 'true' : undefined}
          data-testid={`view-${name}`}
        >
          {views[name]}
        </a>
      ))}
    </nav>
  );
}
