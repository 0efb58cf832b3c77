// What wants somebody now; beside it, or in its place on a small screen, the panel of the alarm that the address names.

import { lazyPage } from '../parts/lazy-page.tsx';
import { route } from '../state/route.ts';
import { AlarmList } from './alarm-list.tsx';
import { KeysHelp } from './keys-help.tsx';
import { OperationDialog } from './operation-dialog.tsx';

const AlarmPanel = lazyPage(async () => (await import('./alarm-panel.tsx')).AlarmPanel);
const JournalPage = lazyPage(async () => (await import('./journal-page.tsx')).JournalPage);

export function AlarmsPage() {
  const { steps, query } = route.value;
  if (steps.length === 0 && query.get('view') === 'journal') return <JournalPage />;
  const isOpened = steps.length > 0;
  return (
    <div
      class={isOpened ? 'alarms-page opened' : 'alarms-page'}
      data-wall={query.get('wall') === '1' ? 'on' : undefined}
    >
      <AlarmList />
      {isOpened && <AlarmPanel />}
      <OperationDialog />
      <KeysHelp />
    </div>
  );
}
