// `penstock rejected show`: one rejection with its whole payload.

import { findRejected } from '#runtime/rejected-log/read-rejected.ts';
import { parseRejectionId } from '#runtime/rejected-log/rejection-id.ts';
import { rejectionJson } from '#runtime/rejected-log/rejection-json.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import type { CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { printableJson } from '../printable.ts';
import { rejectionText } from '../rejected/rejection-text.ts';
import { readSettings } from '../settings.ts';

export const rejectedShowCommand: CliCommand = {
  name: 'rejected show',
  operands: '[id]',
  summary: 'show one of them whole: where it came, what is wrong with it, its payload',
  options: [['--json', 'as JSON']],
  run: async ({ operands: [id], options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    if (id === undefined) return refuse(['name one by its id; `penstock rejected list` shows them'], EXIT.usage, cli);
    try {
      const place = parseRejectionId(id);
      const found = place === undefined ? undefined : await findRejected(loaded.config.root.data, place);
      if (found === undefined) return refuse([`no rejection '${id}' is kept; the oldest go first`], EXIT.findings, cli);
      if (options.json === true) cli.out(`${printableJson(JSON.stringify(rejectionJson(found), null, 2))}\n`);
      else cli.out(`${rejectionText(found)}\n`);
      return EXIT.ok;
    } catch (error) {
      if (error instanceof StartError) return refuse([error.message], error.exitCode, cli);
      throw error;
    }
  },
};
