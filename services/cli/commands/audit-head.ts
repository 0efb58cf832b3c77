// `penstock audit head`: how far the audit journal has come, to be noted where nobody who can write its files can write.

import { formatHead } from '#runtime/audit-log/audit-record.ts';
import { readChainHead } from '#runtime/audit-log/read-audit.ts';
import { EXIT } from '#runtime/start-error.ts';
import { FOLDER_OPTION, readJournal } from '../audit/read-journal.ts';
import type { CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';

export const auditHeadCommand: CliCommand = {
  name: 'audit head',
  summary: 'print number and hash of the newest audit record, to be noted elsewhere',
  options: [FOLDER_OPTION],
  run: async (call, cli) =>
    await readJournal(call, cli, async (folder) => {
      const head = await readChainHead(folder);
      if (head.n === 0) return refuse([`there is no record in ${folder}`], EXIT.findings, cli);
      cli.out(`${formatHead(head)}\n`);
      return EXIT.ok;
    }),
};
