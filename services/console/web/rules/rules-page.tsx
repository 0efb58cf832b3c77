// Where rules are written and tried on the past.

import '../styles/rules.css';
import { route } from '../state/route.ts';
import { NewRule } from './new-rule.tsx';
import { RuleList } from './rule-list.tsx';
import { RulePage } from './rule-page.tsx';

/** No file's name: they end in .json. */
export const NEW = 'new';

export function RulesPage() {
  const [file] = route.value.steps;
  if (file === undefined) return <RuleList />;
  if (file === NEW) return <NewRule />;
  return <RulePage key={file} file={file} />;
}
