// `penstock audit list`: who did what, from the audit journal. Reads while the broker writes.

import { formatTable } from '#rules/backtest/format-table.ts';
import { formatMoment } from '#rules/backtest/format-time.ts';
import type { AuditRecord } from '#runtime/audit-log/audit-record.ts';
import { readAudit } from '#runtime/audit-log/read-audit.ts';
import { EXIT } from '#runtime/start-error.ts';
import { FOLDER_OPTION, readJournal } from '../audit/read-journal.ts';
import { type AuditSelection, readSelection, SELECTION_OPTIONS } from '../audit/selection.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { printable, printableJson } from '../printable.ts';

const SHOWN_DEFAULT = 100;
const CELL_MAX = 80;

export const auditListCommand: CliCommand = {
  name: 'audit list',
  summary: 'list who did what: commands, settings, logins, refusals; the newest last',
  options: [
    ...SELECTION_OPTIONS,
    ['--limit <count>', `the newest so many (default: ${SHOWN_DEFAULT})`],
    ['--json', 'all that are selected, whole, one JSON object per line'],
    FOLDER_OPTION,
  ],
  run: async (call, cli) => {
    const { options } = call;
    const selection = readSelection(options, cli.now());
    const limit = Number(options.limit ?? SHOWN_DEFAULT);
    const problems = Array.isArray(selection) ? selection : [];
    if (!Number.isSafeInteger(limit) || limit < 1)
      problems.push(`--limit must be a whole number from 1, and not '${options.limit}'`);
    if (Array.isArray(selection) || problems.length > 0) return refuse(problems, EXIT.usage, cli);
    return await readJournal(call, cli, async (folder) => {
      if (options.json === true) await printJson(folder, selection, cli);
      else await printTable(folder, selection, { limit, cli });
      return EXIT.ok;
    });
  },
};

async function printJson(folder: string, isSelected: AuditSelection, { out }: Cli): Promise<void> {
  for await (const { record } of readAudit(folder))
    if (isSelected(record)) out(`${printableJson(JSON.stringify(record))}\n`);
}

async function printTable(
  folder: string,
  isSelected: AuditSelection,
  { limit, cli }: { readonly limit: number; readonly cli: Cli },
): Promise<void> {
  let rows: string[][] = [];
  let count = 0;
  for await (const { record } of readAudit(folder)) {
    if (!isSelected(record)) continue;
    count++;
    rows.push(cellsOf(record));
    if (rows.length > limit * 4) rows = rows.slice(-limit);
  }
  if (count === 0) {
    cli.err(`the audit journal in ${printable(folder)} has no record, or none of them is selected\n`);
    return;
  }
  const shown = rows.slice(-limit);
  const headings = ['>n', 'at (UTC)', 'what', 'who', 'from', 'topic', 'outcome', 'payload'];
  const [heading = '', ...lines] = formatTable(headings, shown);
  cli.out(`${cli.paintOut('bold', heading)}\n${lines.join('\n')}\n`);
  if (count > shown.length) cli.err(`the newest ${shown.length} of ${count}; --limit shows more\n`);
}

function cellsOf({ n, at, what, who, topic = '', payload, outcome, count }: AuditRecord): string[] {
  const { user = '', role, client, address = '' } = who;
  const name = `${user}${role === undefined ? '' : ` (${role})`}${client === undefined || client === '' || client === user ? '' : ` as ${client}`}`;
  const times = count === undefined ? '' : `${count} times: `;
  const shown = payload === undefined ? '' : (payload.text ?? `${payload.bytes} bytes, sha256 ${payload.sha256}`);
  return [String(n), formatMoment(at), what, name.trim(), address, topic, times + outcome, shown].map(cellOf);
}

function cellOf(text: string): string {
  const shown = printable(text.slice(0, CELL_MAX + 1));
  return shown.length > CELL_MAX ? `${shown.slice(0, CELL_MAX)}…` : shown;
}
