// The JSON schemas of the rule language, each fetched once: what completion and hover know.

import { call } from '../state/api.ts';

const fetched = new Map<string, Promise<string | undefined>>();

/** As text; undefined where it cannot be had: the editor does without. */
export function schemaOf(name: 'rule' | 'rule-test'): Promise<string | undefined> {
  const known = fetched.get(name);
  if (known !== undefined) return known;
  const asked = call<object>('GET', `api/rules/schemas/${name}`).then((answer) => {
    if (!answer.ok) fetched.delete(name);
    return answer.ok ? JSON.stringify(answer.body) : undefined;
  });
  fetched.set(name, asked);
  return asked;
}
