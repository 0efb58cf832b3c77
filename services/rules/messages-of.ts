// What the engine decided, as the messages that say it.

import { encodeCommandEntry } from '#domain/command-journal.ts';
import type { DeviceCommands } from '#domain/command-life.ts';
import { encodeJournalEntry } from '#domain/journal.ts';
import { shardOf } from '#domain/shard.ts';
import { topics } from '#domain/topic.ts';
import type { EngineOutput } from '#rules/engine/inputs.ts';
import type { OutMessage } from './state-store.ts';

export function messagesOf(output: EngineOutput): OutMessage[] {
  switch (output.kind) {
    case 'alarm': {
      const payload = output.message === null ? '' : JSON.stringify(output.message);
      return [{ topic: topics.alarm(output.alarm), payload, retain: true }];
    }
    case 'journal': {
      const { entry } = output;
      const topic = topics.journal(shardOf(entry.site, entry.area));
      return [{ topic, payload: encodeJournalEntry(entry), retain: false }];
    }
    case 'commands': {
      const { device, commands } = output;
      const payload = commands.length === 0 ? '' : JSON.stringify({ ...device, commands } satisfies DeviceCommands);
      return [{ topic: topics.commandLives(device), payload, retain: true }];
    }
    case 'command-journal': {
      const { entry } = output;
      const topic = topics.journal(shardOf(entry.site, entry.area));
      return [{ topic, payload: encodeCommandEntry(entry), retain: false }];
    }
    case 'command':
      return [{ topic: topics.device(output.device, 'cmd'), payload: JSON.stringify(output.envelope), retain: false }];
    case 'publish':
      return [{ topic: output.topic, payload: output.payload, retain: output.retain }];
    default:
      return []; // notices and overruns are the service's own affair
  }
}
