// Saving a rule: checked as the rules service will check it, written whole, and followed until that service says what it makes of it.

import type { IncomingHttpHeaders } from 'node:http';
import { isError } from '#rules/check/finding.ts';
import type { DiffView, RuleText, SaveView } from '../../api/rules.ts';
import type { Checked } from '../../rules/jobs/check-job.ts';
import { awaitReload } from '../../rules/reload.ts';
import type { Seen } from '../../rules/rule-files.ts';
import type { AppParts } from '../app.ts';
import { etagsIn } from '../etag.ts';
import { ProblemError, RefusedError } from '../problem.ts';
import type { Session } from '../session.ts';

export type SaveOrder = {
  readonly wish: RuleText;
  readonly session: Session;
  readonly headers: IncomingHttpHeaders;
};

/** @throws ProblemError 403, 412, 422, 428 where nothing was written */
export async function saveRule({ wish, session, headers }: SaveOrder, parts: AppParts): Promise<SaveView> {
  const { rules, plant, now, wait, log } = parts;
  const seen = seenBy(headers);
  await rules.files.refuseUnseen(wish.file, seen);
  // An owner of its own: a check that runs while one types does not end this one.
  const asker = { owner: `${session.id} saving ${wish.file}` };
  const checked = JSON.parse(await rules.workbench.run({ kind: 'check', wish }, asker)) as Checked;
  refuse(checked);
  const diff = JSON.parse(await rules.workbench.run({ kind: 'diff', wish }, asker)) as DiffView;
  const savedAt = now();
  const file = await rules.files.save(wish, seen);
  const { id, rev, mode } = checked;
  log.info({ user: session.user, file: wish.file, rule: id, rev }, 'a rule was saved');
  const saved = { file: wish.file, id: id ?? '', rev: rev ?? '', isDisabled: mode === 'disabled', savedAt };
  const reload = await awaitReload(saved, { running: plant.running, wait });
  return { file, diff, findings: checked.findings.filter((each) => !isError(each)), reload };
}

/** @throws ProblemError 428 */
function seenBy({ 'if-match': match, 'if-none-match': noneMatch }: IncomingHttpHeaders): Seen {
  if (match !== undefined) return { etags: etagsIn(match) };
  if (noneMatch?.trim() === '*') return 'absent';
  throw new ProblemError(
    428,
    'Say which version you have changed: If-Match with its ETag, or If-None-Match: * for a new file.',
  );
}

function refuse({ canBeSaved, findings, others }: Checked): void {
  if (canBeSaved) return;
  const errors = [...findings, ...others].filter(isError);
  const [first] = errors;
  const where = first === undefined ? '' : ` Line ${first.line} of ${first.file}: ${first.message}.`;
  throw new RefusedError(`It is not saved, as it has errors.${where}`, errors);
}
