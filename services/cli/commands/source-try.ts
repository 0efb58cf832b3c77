// `penstock source try`: what ingest would make of a message, and why not. Asks a program of ingest's, which reads the rules
// folder and nothing else: no broker is needed, and nothing is published.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EXIT } from '#runtime/start-error.ts';
import type { Call, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { runProgram } from '../run-program.ts';
import { readSettings } from '../settings.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../ingest/tool/main.ts');

const HELP = `
  penstock source try home/kitchen/humidity 47.5
  penstock source try zigbee2mqtt/lamp '{"state": "ON"}'
  penstock source try plant/v1/lyon/field/lora-1/tele --hex 0929 0ce4 01
  penstock source try plant/v1/lyon/field/gw/tele --file payload.cbor

Exit 1 where anything is refused.`;

export const sourceTryCommand: CliCommand = {
  name: 'source try',
  operands: '<topic> [payload...]',
  summary: 'show what would come of a message: its source, device and points, or why it is refused',
  help: HELP,
  options: [
    ['--hex', 'the payload is written as hexadecimal digits'],
    ['--file <file>', 'the payload is the content of a file'],
    ['--json', 'as JSON'],
  ],
  run: async (call, cli) => {
    const loaded = readSettings(call.settings, cli);
    if (typeof loaded === 'number') return loaded;
    const { rules, ingest } = loaded.config;
    const payload = payloadOf(call);
    if (typeof payload === 'string') return refuse([payload], EXIT.usage, cli);
    const wish = {
      ...{ rulesDir: path.resolve(rules.dir), topic: call.operands[0] ?? '', isJson: call.options.json === true },
      ...{ payloadBase64: payload.toString('base64'), payloadBytesMax: ingest.payloadBytesMax },
    };
    return await runProgram(PROGRAM, wish, cli);
  },
};

/** Words of the command line are one text with spaces between, as a shell has cut it. */
function payloadOf({ operands, options }: Call): Buffer | string {
  const text = operands.slice(1).join(' ');
  if (typeof options.file === 'string') {
    if (text !== '') return 'name a payload or a file, and not both';
    try {
      return readFileSync(options.file);
    } catch (error) {
      return `${options.file} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    }
  }
  if (options.hex !== true) return Buffer.from(text);
  const digits = text.replaceAll(/\s/g, '');
  return /^(?:[0-9a-fA-F]{2})*$/.test(digits)
    ? Buffer.from(digits, 'hex')
    : `'${text.slice(0, 40)}' is no row of hexadecimal bytes`;
}
