// `penstock rejected list --group`: kinds of what was refused, a line for each.

import { formatTable } from '#rules/backtest/format-table.ts';
import { formatMoment } from '#rules/backtest/format-time.ts';
import { RejectedGroups } from '#runtime/rejected-log/group-rejected.ts';
import { deviceOf, type Selection, selectedRejected } from '#runtime/rejected-log/select-rejected.ts';
import type { Cli } from '../cli.ts';
import { printable, printableJson } from '../printable.ts';

export async function printGroups(
  dataDir: string,
  selection: Selection,
  { isJson, cli }: { readonly isJson: boolean; readonly cli: Cli },
): Promise<void> {
  const groups = new RejectedGroups();
  for await (const rejection of selectedRejected(dataDir, selection))
    groups.take({ ...rejection, device: deviceOf(rejection) });
  const found = groups.all();
  if (isJson) {
    cli.out(found.map((group) => `${printableJson(JSON.stringify(group))}\n`).join(''));
    return;
  }
  if (found.length === 0) {
    cli.err('nothing rejected is kept, or none of it is selected\n');
    return;
  }
  const rows = found.map(({ id, reason, device, topic, count, waiting, firstAt, lastAt, exampleId, message }) =>
    [
      ...[id ?? '', reason, device ?? topic, String(count), String(count - waiting)],
      ...[formatMoment(firstAt), formatMoment(lastAt), exampleId, message],
    ].map(printable),
  );
  const columns = ['group', 'reason', 'device or topic', '>count', '>replayed', 'first (UTC)', 'last (UTC)', 'example'];
  const [heading = '', ...lines] = formatTable([...columns, 'message'], rows);
  cli.out(`${cli.paintOut('bold', heading)}\n${lines.join('\n')}\n`);
}
