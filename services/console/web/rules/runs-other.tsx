// Beside a comparison with the saved file: that the rules service runs another text than that, which only it has.

import { texts } from '../texts.ts';
import { rowOf } from './rules-view.ts';

/** As many digits as tell revisions of one rule apart. */
const REV_SHOWN = 8;

export function RunsOther({ file }: { readonly file: string }) {
  const { rev = null, runs = null } = rowOf(file) ?? {};
  if (runs === null || runs.rev === rev) return null;
  const { runsOther, refused } = texts.rules;
  return (
    <p class="hint" data-testid="runs-other" data-rev={runs.rev}>
      {runsOther(runs.rev.slice(0, REV_SHOWN), rev === null ? refused : rev.slice(0, REV_SHOWN))}
    </p>
  );
}
