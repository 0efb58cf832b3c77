// How values have moved, and what they are now.

import { ValueTable } from '../values/value-table.tsx';
import { TrendPanel } from './trend-panel.tsx';

export function TrendsPage() {
  return (
    <div class="columns">
      <TrendPanel />
      <ValueTable />
    </div>
  );
}
