// Where rules are written and tried on the past.

import { texts } from '../texts.ts';

export function RulesPage() {
  return <h2>{texts.pages.rules}</h2>;
}
