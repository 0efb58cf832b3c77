// `penstock tail`: what passes on the broker, as it passes.

import { SeriesTable } from '#domain/batch.ts';
import { commandLogin } from '#runtime/access/service-login.ts';
import { brokerAddress } from '#runtime/broker-address.ts';
import type { Delivery } from '#runtime/bus.ts';
import { silentLog } from '#runtime/log.ts';
import { MqttConsumer } from '#runtime/mqtt-consumer.ts';
import { brokerUrl } from '#runtime/sections.ts';
import { EXIT } from '#runtime/start-error.ts';
import { withoutPassword } from '#runtime/url-password.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { isGranted } from '../granted.ts';
import { readSettings } from '../settings.ts';
import { untilAborted } from '../signals.ts';
import { formatTailed, type Tailed, tailedJson } from '../tail/format-delivery.ts';
import { NO_FILE, openTailFile, type TailFile } from '../tail/tail-file.ts';

const CONNECT_MS_MAX = 5_000;

export const tailCommand: CliCommand = {
  name: 'tail',
  operands: '[filter...]',
  summary: 'show messages as they pass; a filter is an MQTT topic filter (default: #)',
  options: [
    ['--json', 'one JSON object per line'],
    ['--out <file>', 'also append every message, whole, to this file as JSON lines'],
  ],
  run: async ({ operands, options, settings }, cli) => {
    const loaded = readSettings(settings, cli);
    if (typeof loaded === 'number') return loaded;
    const { broker } = loaded.config;
    const opened = await openFile(options.out, cli);
    if (typeof opened === 'number') return opened;
    await using file = opened;
    const show = printer(options.json === true, cli);
    await using consumer = new MqttConsumer(
      { ...brokerAddress(broker), ...commandLogin(loaded.config, 'cli') },
      {
        clientId: `cli-tail-${process.pid}`,
        filters: operands.length > 0 ? operands : ['#'],
        cleanSession: true,
        onDelivery: ({ topic, payload, retained, ack }: Delivery) => {
          const message = { receivedAt: cli.now(), topic, payload, retained };
          show(message);
          file.write(message, ack);
        },
      },
      silentLog(),
    );
    return await follow({ consumer, file, url: brokerUrl(broker) }, cli);
  },
};

type Followed = { readonly consumer: MqttConsumer; readonly file: TailFile; readonly url: string };

async function follow({ consumer, file, url }: Followed, cli: Cli): Promise<number> {
  const { asked } = cli.stopSignals();
  if (!(await isGranted(consumer, CONNECT_MS_MAX, { sleep: cli.sleep, givenUp: asked })) && !asked.aborted) {
    cli.err(
      `error: no messages from the broker at ${withoutPassword(url)}: ${consumer.problem() ?? 'it does not answer'}\n`,
    );
    return EXIT.unavailable;
  }
  await untilAborted(AbortSignal.any([asked, file.failed]));
  if (!file.failed.aborted) return EXIT.ok;
  cli.err(`error: the file of --out takes no more: ${file.failed.reason}\n`);
  return EXIT.unavailable;
}

function printer(isJson: boolean, cli: Cli): (message: Tailed) => void {
  const table = new SeriesTable();
  return (message) => {
    const lines = isJson
      ? tailedJson(message, table).map((each) => JSON.stringify(each))
      : formatTailed(message, table, cli.paintOut);
    cli.out(`${lines.join('\n')}\n`);
  };
}

/** The file of --out; the exit code where it cannot be opened. */
async function openFile(name: unknown, cli: Cli): Promise<TailFile | number> {
  if (typeof name !== 'string') return NO_FILE;
  try {
    return await openTailFile(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    cli.err(`error: ${name} cannot be written (${code}); give --out a file in a folder that is there and yours\n`);
    return EXIT.usage;
  }
}
