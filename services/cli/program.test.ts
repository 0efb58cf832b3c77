import { describe, expect, it } from 'vitest';
import { StartError } from '#runtime/start-error.ts';
import type { Call, CliCommand } from './cli.ts';
import { runProgram } from './program.ts';
import { recordedCli } from './testing.ts';

function program(exitCode = 0) {
  const calls: Call[] = [];
  const command = (name: string, more: Partial<CliCommand> = {}): CliCommand => ({
    name,
    summary: `does ${name}`,
    run: async (call) => {
      calls.push(call);
      return exitCode;
    },
    ...more,
  });
  const commands = [
    command('tail', { operands: '[filter...]', options: [['--json', 'as JSON']] }),
    command('config show'),
    command('service', { operands: '<name>' }),
  ];
  const cli = recordedCli();
  return { calls, cli, run: (...words: string[]) => runProgram(commands, words, cli) };
}

describe('runProgram()', () => {
  it('tells operands, own flags and settings apart, in any order', async () => {
    const { calls, run } = program();
    expect(await run('tail', '--broker-port', '1884', 'alarm/#', '--json', 'points/#')).toBe(0);
    expect(calls).toEqual([
      { operands: ['alarm/#', 'points/#'], options: { json: true }, settings: ['--broker-port', '1884'] },
    ]);
  });

  it('tells in one sentence what a command cannot go on with', async () => {
    const cli = recordedCli();
    const run = () => Promise.reject(new StartError('PENSTOCK_BROKER_CA_FILE: cannot read x.crt (ENOENT)'));
    expect(await runProgram([{ name: 'tail', summary: 'does tail', run }], ['tail'], cli)).toBe(78);
    expect(cli.said.err).toMatch(/^error PENSTOCK_BROKER_CA_FILE: cannot read x\.crt \(ENOENT\)\n$/);
  });

  it('finds a command of two words', async () => {
    const { calls, run } = program();
    expect(await run('config', 'show', '--data=/x')).toBe(0);
    expect(calls).toMatchObject([{ settings: ['--data=/x'] }]);
  });

  it("gives the command's exit code", async () => {
    expect(await program(69).run('tail')).toBe(69);
  });

  it('answers a mistyped command with a suggestion and exit code 2', async () => {
    const { cli, calls, run } = program();
    expect(await run('tial')).toBe(2);
    expect(cli.said.err).toContain('Did you mean tail?');
    expect(cli.said.out).toBe('');
    expect(calls).toEqual([]);
  });

  it.each([['service'], ['config'], []])('refuses %j as incomplete with exit code 2', async (...words) => {
    const { cli, run } = program();
    expect(await run(...words)).toBe(2);
    expect(cli.said.err).not.toBe('');
  });

  it.each([
    ['config', 'show', 'extra', 'words'],
    ['config', 'show', '--data', '/x', 'extra'],
    ['config', 'show', '-x'],
    ['service', 'broker', 'extra'],
  ])('does not ignore words that a command takes nothing of: %s %s %s', async (...words) => {
    const { cli, calls, run } = program();
    expect(await run(...words)).toBe(2);
    expect(cli.said.err).toContain(`takes no '${words.slice(words.indexOf('extra')).join(' ')}'`);
    expect(cli.said.err).toContain('Usage: penstock');
    expect(calls).toEqual([]);
  });

  it('prints help with the exit codes as data', async () => {
    const { cli, run } = program();
    expect(await run('--help')).toBe(0);
    expect(cli.said.out).toContain('Exit codes:');
    expect(cli.said.out).toContain('78   the configuration is invalid');
    expect(cli.said.err).toBe('');
  });

  it('prints the version as data', async () => {
    const { cli, run } = program();
    expect(await run('--version')).toBe(0);
    expect(cli.said.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
