// `penstock audit verify`: whether the audit journal is what was written.

import { formatHead, parseHead } from '#runtime/audit-log/audit-record.ts';
import { type AuditFinding, type AuditVerdict, verifyAudit } from '#runtime/audit-log/verify-audit.ts';
import { EXIT } from '#runtime/start-error.ts';
import { FOLDER_OPTION, readJournal } from '../audit/read-journal.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { printable, printableJson } from '../printable.ts';

const HELP = `
Every record bears the SHA-256 of the one before. What was changed, removed, inserted or put in another order is found, with
its place; what was dropped for room is told. Changes nothing, and the broker may be running. Exit code 1 where something is
wrong.

What it cannot prove: whoever can write the journal's files can write a whole new chain, or take everything away, and what was
appended in the last second may be cut off unnoticed. Against that, note the head elsewhere now and then, and compare:

  penstock audit head
  penstock audit verify --head 5021:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`;

export const auditVerifyCommand: CliCommand = {
  name: 'audit verify',
  summary: 'check that no record of the audit journal was changed, removed or inserted',
  help: HELP,
  options: [
    ['--head <head>', 'what `penstock audit head` said at an earlier time, noted elsewhere'],
    ['--json', 'as JSON'],
    FOLDER_OPTION,
  ],
  run: async (call, cli) => {
    const { head, json } = call.options;
    const noted = typeof head === 'string' ? parseHead(head) : undefined;
    if (head !== undefined && noted === undefined) {
      const sentence = `--head must be a number, a colon and 64 hex digits, as penstock audit head says it, and not '${head}'`;
      return refuse([sentence], EXIT.usage, cli);
    }
    return await readJournal(call, cli, async (folder) => {
      const verdict = await verifyAudit(folder, { noted });
      if (json === true) cli.out(`${printableJson(JSON.stringify(verdict, null, 2))}\n`);
      else print(verdict, { folder, isCompared: noted !== undefined }, cli);
      return verdict.findings.length === 0 ? EXIT.ok : EXIT.findings;
    });
  },
};

function print(
  { records, from, to, findings }: AuditVerdict,
  { folder, isCompared }: { readonly folder: string; readonly isCompared: boolean },
  { out, err, paint, paintOut }: Cli,
): void {
  for (const finding of findings) out(`${paintOut('red', 'wrong')} ${printable(lineOf(finding))}\n`);
  if (records === 0) {
    err(`there is no record in ${printable(folder)}\n`);
    return;
  }
  const gone = from > 1 ? `; the ${from - 1} before were dropped for room` : '';
  const kept = `${records} records, ${from} to ${to.n}${gone}; head ${formatHead(to)}`;
  if (findings.length > 0) out(`${kept}; ${findings.length} wrong\n`);
  else out(`${paintOut('green', 'ok')} each follows from the one before: ${kept}\n`);
  if (!isCompared && findings.length === 0)
    err(
      `${paint('dim', 'A chain that was written anew as a whole would look the same: compare with a head that was noted elsewhere (--head).')}\n`,
    );
}

function lineOf({ place, problem }: AuditFinding): string {
  return place === undefined ? problem : `${place.file} at ${place.offset}: ${problem}`;
}
