// The config of a device for whoever sets it up: as JSON to a file or a pipe, and as a QR code to who sits at a terminal.

import type { Cli } from '../cli.ts';
import { type DeviceConfig, unreachableBroker } from './device-config.ts';
import { qrText } from './qr-text.ts';

export const PRINT_OPTIONS = [
  ['--json', 'one line for each device'],
  ['--no-qr', 'no QR code at the terminal'],
] as const;

export type PrintWish = { readonly isJson: boolean; readonly withQr: boolean };

export function printDevices(configs: readonly DeviceConfig[], { isJson, withQr }: PrintWish, cli: Cli): void {
  const isLine = isJson || configs.length > 1;
  for (const config of configs) {
    cli.out(`${JSON.stringify(config, null, isLine ? 0 : 2)}\n`);
    const picture = withQr && cli.isTerminal ? qrText(JSON.stringify(config)) : undefined;
    if (picture !== undefined) cli.err(`\n${picture}${configs.length > 1 ? `${config.user}\n` : ''}`);
  }
  const [first] = configs;
  const warning = first === undefined ? undefined : unreachableBroker(first.broker);
  if (warning !== undefined) cli.err(`${cli.paint('yellow', 'warning')} ${warning}\n`);
}
