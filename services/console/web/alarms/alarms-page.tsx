// What wants somebody now.

import { AlarmList } from './alarm-list.tsx';

export function AlarmsPage() {
  return <AlarmList />;
}
