// aedes as it comes, as a process: what the embedded broker is compared with. `node bare-aedes.ts <port> [<level folder>]`.
// Its one setting is the concurrency that ours has too: with its own 100 a burst waits for seconds, and that is not the
// question here. With `BARE_ACCESS=naive` it also has the rights that one writes at first: below `secret/` only
// the client `owner` publishes and subscribes.

import { createServer } from 'node:net';
import { Aedes, type AedesOptions, type Client } from 'aedes';

const [port, levelFolder] = process.argv.slice(2);

/** Neither package is ours: whoever wants this row installs them. */
async function levelPersistence(folder: string): Promise<AedesOptions['persistence']> {
  const [persistence, level] = ['aedes-persistence-level', 'classic-level'];
  const { default: create } = await import(persistence);
  const { ClassicLevel } = await import(level);
  return create(new ClassicLevel(folder));
}

const mayUse = (client: Client | null, topic: string) => !topic.startsWith('secret/') || client?.id === 'owner';
const naive: AedesOptions = {
  authorizeSubscribe: (client, subscription, callback) =>
    callback(null, mayUse(client, subscription.topic) ? subscription : null),
  authorizePublish: (client, { topic }, callback) => callback(mayUse(client, topic) ? null : new Error('not allowed')),
};

const aedes = new Aedes({
  concurrency: 1_000_000,
  ...(process.env.BARE_ACCESS === 'naive' ? naive : {}),
  ...(levelFolder === undefined ? {} : { persistence: await levelPersistence(levelFolder) }),
});
await aedes.listen();
createServer({ noDelay: true }, (socket) => aedes.handle(socket)).listen(Number(port), '127.0.0.1');
