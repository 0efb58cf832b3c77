// `penstock historian import`: line protocol into the store of the settings, the embedded one or another.

import { textsOfFile } from '#rules/backtest/line-file.ts';
import { SourceError } from '#rules/backtest/point-source.ts';
import { storeLogin } from '#runtime/access/service-login.ts';
import { storeAuthorization, storeUrl } from '#runtime/sections.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { importBatch, type Refusal } from '../historian/import-lines.ts';
import { lineBatches, precisionOf } from '../historian/line-batches.ts';
import { refuse } from '../history/refuse.ts';
import { printable } from '../printable.ts';
import { readSettings } from '../settings.ts';

const HELP = `
The file is line protocol, plain or compressed by gzip; - is standard input. Where it comes from an export it says itself where
its lines belong and how fine their moments are; flags go before that. Other files are taken for nanoseconds.
A store that is busy or restarts is waited for. Lines that it refuses are told with its words, and the others are stored.
Importing a file twice changes nothing: the same series and moment is one sample.

  penstock historian import week.lp.gz
  penstock historian import meters.lp --database plant --policy raw --precision s`;

/** Clears the line that shows how far it is. */
const CLEAR = '\r\x1b[2K';
const SHOWN_MAX = 20;
const WORDS_MAX = 300;

export const historianImportCommand: CliCommand = {
  name: 'historian import',
  operands: '<file>',
  summary: 'write a file of line protocol into the store',
  help: HELP,
  options: [
    ['--database <name>', 'into this database, whatever the file says'],
    ['--policy <name>', 'into this retention policy, whatever the file says'],
    ['--precision <unit>', 'what timestamps count: ns, us, ms or s'],
  ],
  run: async ({ operands: [file = ''], options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const { store, historian } = loaded.config;
    const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
    const precision = text('precision');
    if (precision !== undefined && precisionOf(precision) === undefined) {
      return refuse([`--precision must be ns, us, ms or s, and not '${precision}'`], EXIT.usage, cli);
    }
    const wished = {
      ...{ database: text('database'), policy: text('policy') },
      precision: precision === undefined ? undefined : precisionOf(precision),
    };
    const { asked } = cli.stopSignals();
    const to = {
      ...{ url: storeUrl(store, historian), authorization: storeAuthorization(storeLogin(loaded.config, 'writer')) },
      ...{ signal: asked, now: cli.now, sleep: cli.sleep },
    };
    const report = new Report(cli);
    try {
      const texts = textsOfFile(file, { stdin: process.stdin, signal: asked });
      for await (const batch of lineBatches(texts, wished)) await importBatch(batch, to, report);
      return report.end();
    } catch (error) {
      report.end();
      if (asked.aborted) return EXIT.interrupted;
      if (error instanceof StartError) return refuse([error.message], error.exitCode, cli);
      if (error instanceof SourceError) return refuse([error.message], EXIT.usage, cli);
      throw error;
    }
  },
};

class Report {
  readonly #cli: Cli;
  #stored = 0;
  #refused = 0;
  #shown = 0;

  constructor(cli: Cli) {
    this.#cli = cli;
  }

  readonly stored = (lines: number): void => {
    this.#stored += lines;
    if (this.#cli.isTerminal) this.#cli.err(`${CLEAR}${this.#stored.toLocaleString('en-US')} lines`);
  };

  readonly refused = ({ from, to, count, words }: Refusal): void => {
    this.#refused += count;
    if (++this.#shown > SHOWN_MAX) return;
    const place = count === 1 ? `line ${from}` : `lines ${from} to ${to}`;
    const shown = words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX)}…` : words;
    this.#cli.err(`${this.#clear}${place}: ${printable(shown)}\n`);
  };

  get #clear(): string {
    return this.#cli.isTerminal ? CLEAR : '';
  }

  /** The exit code. */
  end(): number {
    const more = this.#shown - SHOWN_MAX;
    if (more > 0) this.#cli.err(`${this.#clear}and ${more} more places\n`);
    const refused = this.#refused === 0 ? '' : `, ${this.#refused} refused`;
    this.#cli.err(`${this.#clear}${this.#stored} lines stored${refused}\n`);
    return this.#refused === 0 ? EXIT.ok : EXIT.findings;
  }
}
