// `penstock rejected list`: what could not be taken, and why. Reads what the services keep while they run.

import { formatTable } from '#rules/backtest/format-table.ts';
import { formatMoment } from '#rules/backtest/format-time.ts';
import { rejectionJson } from '#runtime/rejected-log/rejection-json.ts';
import { type Selection, selectedRejected } from '#runtime/rejected-log/select-rejected.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { printable, printableJson } from '../printable.ts';
import { printGroups } from '../rejected/print-groups.ts';
import { readSelection, SELECTION_OPTIONS } from '../rejected/selection.ts';
import { readSettings } from '../settings.ts';

const SHOWN_DEFAULT = 100;
const MESSAGE_MAX = 120;

export const rejectedListCommand: CliCommand = {
  name: 'rejected list',
  summary: 'list messages and lines that could not be taken, the newest last',
  options: [
    ...SELECTION_OPTIONS,
    ['--limit <count>', `the newest so many (default: ${SHOWN_DEFAULT})`],
    ['--group', 'those of one kind together, the one met last first: reason, device or topic, sentence'],
    ['--json', 'all that are selected, with their payloads, one JSON object per line'],
  ],
  run: async ({ options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const selection = readSelection(options, cli.now());
    const limit = Number(options.limit ?? SHOWN_DEFAULT);
    const problems = [
      ...(Array.isArray(selection) ? selection : []),
      ...(Number.isSafeInteger(limit) && limit > 0
        ? []
        : [`--limit must be a whole number from 1, and not '${options.limit}'`]),
    ];
    if (Array.isArray(selection) || problems.length > 0) return refuse(problems, EXIT.usage, cli);
    const { data } = loaded.config.root;
    try {
      const isJson = options.json === true;
      if (options.group === true) await printGroups(data, selection, { isJson, cli });
      else if (isJson) await printJson(data, selection, cli);
      else await printTable(data, selection, { limit, cli });
    } catch (error) {
      if (error instanceof StartError) return refuse([error.message], error.exitCode, cli);
      throw error;
    }
    return EXIT.ok;
  },
};

async function printJson(data: string, selection: Selection, { out }: Cli): Promise<void> {
  for await (const rejection of selectedRejected(data, selection))
    out(`${printableJson(JSON.stringify(rejectionJson(rejection)))}\n`);
}

type Row = { readonly receivedAt: number; readonly cells: readonly string[] };

async function printTable(
  data: string,
  selection: Selection,
  { limit, cli }: { readonly limit: number; readonly cli: Cli },
): Promise<void> {
  let rows: Row[] = [];
  let count = 0;
  for await (const { id, receivedAt, refusals, topic, payloadBytes, replayedAt } of selectedRejected(data, selection)) {
    count++;
    const [first] = refusals;
    const others = refusals.length > 1 ? ` (and ${refusals.length - 1} more)` : '';
    const message = `${replayedAt === undefined ? '' : '(replayed) '}${first?.message ?? ''}`;
    const shown = message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}…` : message;
    const about = [id, formatMoment(receivedAt), first?.reason ?? '', topic, String(payloadBytes)];
    const cells = [...about, first?.place ?? '', shown + others];
    rows.push({ receivedAt, cells: cells.map(printable) });
    // The newest of each service are wanted in the order of time; what is surely older than those goes.
    if (rows.length > limit * 4) rows = newest(rows, limit);
  }
  if (count === 0) {
    cli.err('nothing rejected is kept, or none of it is selected\n');
    return;
  }
  const shown = newest(rows, limit);
  const lines = formatTable(
    ['id', 'received (UTC)', 'reason', 'topic', '>bytes', 'place', 'message'],
    shown.map(({ cells }) => cells),
  );
  const [heading = '', ...others] = lines;
  cli.out(`${cli.paintOut('bold', heading)}\n${others.join('\n')}\n`);
  if (count > shown.length) cli.err(`the newest ${shown.length} of ${count}; --limit shows more\n`);
}

function newest(rows: readonly Row[], limit: number): Row[] {
  return rows.toSorted((a, b) => a.receivedAt - b.receivedAt).slice(-limit);
}
