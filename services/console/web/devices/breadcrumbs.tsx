// Where in the plant this is, each part a way up.

import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { above, type Branch, branchKey } from './branch.ts';

export function Breadcrumbs({ branch }: { readonly branch: Branch }) {
  if (branch.length === 0) return null;
  return (
    <nav class="crumbs" aria-label={texts.devices.place}>
      <ol>
        {above(branch).map((each) => (
          <li key={branchKey(each)}>
            <a href={hrefOf('devices', each)}>
              <bdi>{each.at(-1) ?? texts.devices.tree.plant}</bdi>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
