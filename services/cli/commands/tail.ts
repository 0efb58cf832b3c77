// `penstock tail`: what passes on the broker, as it passes.

import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { SeriesTable } from '#domain/batch.ts';
import type { Delivery } from '#runtime/bus.ts';
import { silentLog } from '#runtime/log.ts';
import { MqttConsumer } from '#runtime/mqtt-consumer.ts';
import { EXIT } from '#runtime/process.ts';
import { brokerUrl } from '#runtime/sections.ts';
import type { Cli, CliCommand } from '../cli.ts';
import { isGranted } from '../granted.ts';
import { readSettings } from '../settings.ts';
import { untilAborted } from '../signals.ts';
import { formatTailed, type Tailed, tailedJson, tailedRecord } from '../tail/format-delivery.ts';

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
    const { username, password } = broker;
    await using file = openFile(options.out);
    const show = printer(options.json === true, cli);
    await using consumer = new MqttConsumer(
      { url: brokerUrl(broker), username, password },
      {
        clientId: `penstock-tail-${process.pid}`,
        filters: operands.length > 0 ? operands : ['#'],
        cleanSession: true,
        onDelivery: ({ topic, payload, retained, ack }: Delivery) => {
          ack();
          const message = { receivedAt: cli.now(), topic, payload, retained };
          show(message);
          file.write(message);
        },
      },
      silentLog(),
    );
    return await follow(consumer, brokerUrl(broker), cli);
  },
};

async function follow(consumer: MqttConsumer, url: string, cli: Cli): Promise<number> {
  const { asked } = cli.stopSignals();
  if (!(await isGranted(consumer, CONNECT_MS_MAX, { sleep: cli.sleep, givenUp: asked })) && !asked.aborted) {
    cli.err(`error: no messages from the broker at ${url}: ${consumer.problem() ?? 'it does not answer'}\n`);
    return EXIT.unavailable;
  }
  await untilAborted(asked);
  return EXIT.ok;
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

function openFile(name: unknown): AsyncDisposable & { write(message: Tailed): void } {
  const stream: WriteStream | undefined =
    typeof name === 'string' ? createWriteStream(name, { flags: 'a' }) : undefined;
  return {
    write: (message) => stream?.write(`${JSON.stringify(tailedRecord(message))}\n`),
    [Symbol.asyncDispose]: async () => {
      stream?.end();
      if (stream !== undefined) await finished(stream);
    },
  };
}
