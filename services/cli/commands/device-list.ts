// `penstock device list`: all devices there are: who may log in, and whom ingest has heard. Says nothing by which anybody could
// log in.

import { isOfPipeline } from '#domain/service.ts';
import { formatTable } from '#rules/backtest/format-table.ts';
import { readAccess } from '#runtime/access/read-access.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, JSON_OPTION } from '../access/access-command.ts';
import type { Cli } from '../cli.ts';
import { agoText, clockText, type JoinedDevice, joinDevices, loginText, onlineText } from '../devices/joined-device.ts';
import { readRegistry } from '../devices/read-registry.ts';
import { printable, printableJson } from '../printable.ts';

const ERROR_CHARS_MAX = 60;

export const deviceListCommand = accessCommand({
  name: 'device list',
  summary: 'list all devices: their logins, and what is known of them',
  options: [['--logins', 'logins alone, without asking the broker'], JSON_OPTION],
  run: async ({ config, options, isJson }, cli) => {
    const logins = readAccess(config.root.data).devices;
    const registry = options.logins === true ? new Map() : await readRegistry(config, cli);
    const isAnswered = typeof registry !== 'string';
    // Services tell their numbers as devices do; `device show` has them by name.
    const devices = joinDevices(logins, isAnswered ? registry : new Map()).filter(
      ({ view }) => view === null || !isOfPipeline(view),
    );
    if (!isAnswered) cli.err(`${cli.paint('yellow', 'warning')} ${registry}; these are the logins alone\n`);
    if (isJson) cli.out(devices.map((device) => `${printableJson(JSON.stringify(device))}\n`).join(''));
    else if (devices.length === 0) cli.err('there is no device yet; penstock device add makes the first one\n');
    else printTable(devices, isAnswered && options.logins !== true, cli);
    return EXIT.ok;
  },
});

function printTable(devices: readonly JoinedDevice[], withViews: boolean, cli: Cli): void {
  const now = cli.now();
  const columns = withViews
    ? ['model', 'state', 'first seen', 'last seen', '>msg/min', '>clock', 'firmware', 'notes']
    : [];
  const rows = devices.map((device) => {
    const cells = [device.name, loginText(device.login), ...(withViews ? viewCells(device, now) : [])];
    return cells.map(printable);
  });
  const [heading = '', ...lines] = formatTable(['device', 'login', ...columns], rows);
  cli.out(`${cli.paintOut('bold', heading)}\n${lines.join('\n')}\n`);
}

function viewCells({ view }: JoinedDevice, now: number): string[] {
  if (view === null) return ['', '', '', 'never'];
  const { model, firstSeen, lastSeen, messagesPerMinute, firmware } = view;
  const seen = (at: number | null) => (at === null ? 'never' : agoText(at, now));
  const rate = messagesPerMinute === null ? '' : String(messagesPerMinute);
  const moments = [seen(firstSeen), seen(lastSeen)];
  return [model ?? '', onlineText(view), ...moments, rate, clockText(view), firmware ?? '', notes(view)];
}

function notes({ lastError, contradictions }: NonNullable<JoinedDevice['view']>): string {
  const error = lastError === null ? [] : [`${lastError.reason}: ${lastError.message.slice(0, ERROR_CHARS_MAX)}`];
  const count = contradictions.length;
  return [...error, ...(count === 0 ? [] : [`${count} contradiction${count === 1 ? '' : 's'}`])].join('; ');
}
