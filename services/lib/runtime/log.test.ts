import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

/** A process that logs and ends, as a service does; gives its exit code and what came out. */
async function run(lines: string, isRead: boolean) {
  const log = path.resolve(import.meta.dirname, 'log.ts');
  const code = `import { createLog } from ${JSON.stringify(log)};
    const log = createLog('watchdog', 'info');
    process.stdin.once('data', () => { ${lines}; setImmediate(() => process.exit(7)); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  if (!isRead) child.stdout.destroy();
  child.stdin.write('go');
  const [exitCode] = await once(child, isRead ? 'close' : 'exit');
  return { exitCode, out };
}

it('says everything before the process ends, the fatal line too', async () => {
  const { exitCode, out } = await run(`log.info({ password: 'x' }, 'one'); log.fatal('two')`, true);
  expect(exitCode).toBe(7);
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { level: 'info', service: 'watchdog', password: '[Redacted]', msg: 'one' },
    { level: 'fatal', msg: 'two' },
  ]);
});

it('a fatal line that nobody reads any more does not keep the process from ending', async () => {
  expect(await run(`log.fatal('one'); log.fatal('two')`, false)).toMatchObject({ exitCode: 7 });
});
