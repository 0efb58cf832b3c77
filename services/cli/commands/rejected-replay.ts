// `penstock rejected replay`: sends what could not be taken on its way again, once what was wrong with it is mended.

import { GivenUp } from '#runtime/rejected-log/patience.ts';
import { findRejected, type KeptRejection } from '#runtime/rejected-log/read-rejected.ts';
import { parseRejectionId } from '#runtime/rejected-log/rejection-id.ts';
import { openReplayBus, replayable, replayRejected } from '#runtime/rejected-log/replay-rejected.ts';
import { isWhole, type Selection, selectedRejected } from '#runtime/rejected-log/select-rejected.ts';
import { brokerUrl } from '#runtime/sections.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { withoutPassword } from '#runtime/url-password.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { refuse } from '../history/refuse.ts';
import { printable } from '../printable.ts';
import { readSelection, SELECTION_OPTIONS } from '../rejected/selection.ts';
import { type AllSettings, readSettings } from '../settings.ts';

const HELP = `
A message goes out on the topic it came on, never retained; a line that the store refused goes out as a batch on its points
topic, so that the writer tries it again. What is refused again is a new rejection.
A value without a time of its own gets that of its replay, and rules take it for news.

  penstock rejected replay ingest-1-48
  penstock rejected replay --reason metric --device lyon/tank-farm/tank-01 --dry-run`;

/** Clears the line that shows how far it is. */
const CLEAR = '\r\x1b[2K';

export const rejectedReplayCommand: CliCommand = {
  name: 'rejected replay',
  operands: '[id]',
  summary: 'send one of them again, or all that are selected and were not sent yet',
  help: HELP,
  options: [
    ...SELECTION_OPTIONS,
    ['--all', 'all of them'],
    ['--again', 'also what was sent again before'],
    ['--dry-run', 'only say what would be sent'],
  ],
  run: async ({ operands: [id], options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const selection = readSelection(options, cli.now());
    if (Array.isArray(selection)) return refuse(selection, EXIT.usage, cli);
    const problem = wishProblem(id, selection, options.all === true);
    if (problem !== undefined) return refuse([problem], EXIT.usage, cli);
    const wish = { id, selection, isAgain: options.again === true };
    try {
      if (options.dryRun === true) return await say(loaded.config, wish, cli);
      return await send(loaded.config, wish, cli);
    } catch (error) {
      if (error instanceof StartError) return refuse([error.message], error.exitCode, cli);
      throw error;
    }
  },
};

type Wish = { readonly id: string | undefined; readonly selection: Selection; readonly isAgain: boolean };

function wishProblem(id: string | undefined, selection: Selection, isAll: boolean): string | undefined {
  const isSelection = !isWhole(selection);
  if (id !== undefined && (isSelection || isAll)) return 'name one by its id, or select by flags, not both';
  if (id === undefined && !isSelection && !isAll) return 'name one by its id, select by flags, or say --all';
  return undefined;
}

/** What is wished for; those of which only a beginning is kept are told to `onCut`. */
function wished(dataDir: string, { id, selection, isAgain }: Wish, onCut: () => void): AsyncIterable<KeptRejection> {
  const isNamed = id !== undefined;
  const source = isNamed ? named(dataDir, id) : selectedRejected(dataDir, selection);
  return replayable(source, { isAgain: isAgain || isNamed, onCut });
}

async function* named(dataDir: string, id: string): AsyncIterable<KeptRejection> {
  const place = parseRejectionId(id);
  const found = place === undefined ? undefined : await findRejected(dataDir, place);
  if (found !== undefined) yield found;
}

async function say({ root }: AllSettings, wish: Wish, cli: Cli): Promise<number> {
  const count = { sent: 0, cut: 0 };
  for await (const { id, topic, payloadBytes } of wished(root.data, wish, () => count.cut++)) {
    count.sent++;
    cli.out(`${id}  ${printable(topic)}  ${payloadBytes} bytes\n`);
  }
  return report('would be sent', count, cli);
}

async function send(settings: AllSettings, wish: Wish, cli: Cli): Promise<number> {
  const { root, broker } = settings;
  await using bus = openReplayBus(settings, 'cli');
  const count = { sent: 0, cut: 0 };
  const onSent = (more: number) => {
    count.sent += more;
    if (cli.isTerminal) cli.err(`${CLEAR}${count.sent} sent`);
  };
  const { id, selection } = wish;
  const order = { what: id === undefined ? selection : { id } };
  const outside = { now: cli.now, wait: cli.sleep, asked: cli.stopSignals().asked };
  try {
    const rejections = wished(root.data, wish, () => count.cut++);
    await replayRejected(rejections, { bus, dataDir: root.data, order, onSent, ...outside });
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    cli.err(`${cli.isTerminal ? CLEAR : ''}${count.sent} sent again\n`);
    if (error.reason === undefined) return EXIT.interrupted;
    const where = withoutPassword(brokerUrl(broker));
    return refuse([`${error.reason} (${where}); what was not sent can be replayed later`], EXIT.unavailable, cli);
  }
  if (cli.isTerminal) cli.err(CLEAR);
  return report('sent again', count, cli);
}

function report(what: string, { sent, cut }: { readonly sent: number; readonly cut: number }, cli: Cli): number {
  cli.err(`${sent} ${what}\n`);
  if (cut > 0) {
    return refuse([`${cut} cannot be sent: they were too large, and only their beginning is kept`], EXIT.findings, cli);
  }
  if (sent > 0) return EXIT.ok;
  return refuse(['nothing that is kept fits; what was sent before is sent --again'], EXIT.findings, cli);
}
