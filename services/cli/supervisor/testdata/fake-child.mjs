// A child as the supervisor knows them: a health port, the supervisor's pipe, a drain. For tests.
// Words: the name, the health port, then how it behaves.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [name, port, behaviour = 'good', journal = ''] = process.argv.slice(2);
const note = (word) => journal && appendFileSync(journal, `${name} ${word} ${process.pid}\n`);

note('started');
if (behaviour === 'misconfigured') process.exit(78);
if (behaviour === 'crashing') process.exit(3);

const server = createServer((_request, response) => response.writeHead(200).end('{}'));
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`{"level":"warn","msg":"${name} listens"}\n`));
const end = () => {
  note('stopped');
  process.exit(0);
};
process.on('SIGTERM', () => {
  if (behaviour !== 'stubborn') end();
});
if (behaviour !== 'stubborn') process.stdin.resume().once('end', end);
