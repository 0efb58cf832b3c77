// Asks services on this machine, or in this container, how they are: for HEALTHCHECK, probes and units, where there is no curl.
//   node deploy/health.mjs [livez|readyz] [--within <seconds>] [service …]
// Without a service it asks every one that listens here. Ends with 0 where all are well; else says who is not, and ends with 1.
// With --within it goes on asking until all are well, or the time is over. Plain JavaScript without packages: it is run every
// few seconds, and starts in half the time.

import { setTimeout } from 'node:timers/promises';

const PORTS = { broker: 9101, ingest: 9102, rules: 9103, writer: 9104, historian: 9105, console: 9106, watchdog: 9107 };
const ASK_MS_MAX = 3_000;
const PAUSE_MS = 200;

const words = process.argv.slice(2);
const question = ['livez', 'readyz'].includes(words[0]) ? words.shift() : 'readyz';
const withinMs = words[0] === '--within' ? Number(words.splice(0, 2)[1]) * 1_000 : 0;
const unknown = words.filter((word) => !(word in PORTS));
if (unknown.length > 0 || !(withinMs >= 0)) {
  process.stderr.write('usage: health.mjs [livez|readyz] [--within <seconds>] [service ...]\n');
  process.exit(2);
}

/** What is wrong with it; undefined where it is well, null where nobody listens. */
async function problemOf(service) {
  const port = process.env[`PENSTOCK_${service.toUpperCase()}_METRICS_PORT`] ?? PORTS[service];
  try {
    const response = await fetch(`http://127.0.0.1:${port}/${question}`, { signal: AbortSignal.timeout(ASK_MS_MAX) });
    if (response.ok) return undefined;
    const { problems = {} } = await response.json();
    return (
      Object.entries(problems)
        .map(([name, text]) => `${name}: ${text}`)
        .join(', ') || `answers ${response.status}`
    );
  } catch (error) {
    return error.cause?.code === 'ECONNREFUSED'
      ? null
      : `no answer on port ${port} (${error.cause?.code ?? error.name})`;
  }
}

/** A sentence for each that is not well. */
async function ask() {
  const names = words.length > 0 ? words : Object.keys(PORTS);
  const answers = await Promise.all(names.map(async (name) => [name, await problemOf(name)]));
  const listening = answers.filter(([, problem]) => problem !== null);
  if (words.length === 0 && listening.length > 0) return sentences(listening);
  return words.length === 0 ? ['no service listens here'] : sentences(answers);
}

function sentences(answers) {
  return answers.flatMap(([name, problem]) =>
    problem === undefined ? [] : [`${name}: ${problem ?? 'does not listen'}`],
  );
}

const startedMs = performance.now();
let wrong = await ask();
while (wrong.length > 0 && performance.now() - startedMs < withinMs) {
  await setTimeout(PAUSE_MS);
  wrong = await ask();
}
process.stdout.write(wrong.map((sentence) => `${sentence}\n`).join(''));
process.exitCode = wrong.length > 0 ? 1 : 0;
