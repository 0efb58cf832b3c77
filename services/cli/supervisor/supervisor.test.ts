import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, recordedCli, waitFor } from '../testing.ts';
import type { ChildEvent, ChildSpec } from './child.ts';
import { freePorts } from './ports.ts';
import { Supervisor } from './supervisor.ts';

const FAKE_CHILD = path.join(import.meta.dirname, 'testdata/fake-child.mjs');
const SUPERVISE = path.join(import.meta.dirname, 'testdata/supervise.mjs');
const never = new AbortController().signal;

let folder: string;
let journal: string;
let supervisor: Supervisor | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'penstock-supervisor-'));
  journal = path.join(folder, 'journal');
});
afterEach(async () => {
  supervisor?.killAll();
  await supervisor?.stop();
  supervisor = undefined;
  rmSync(folder, { recursive: true });
});

async function fake(name: string, behaviour = 'good', needs: readonly string[] = []): Promise<ChildSpec> {
  const [port] = await freePorts(1);
  const args = [FAKE_CHILD, name, String(port), behaviour, journal];
  return { name, args, readyUrl: `http://127.0.0.1:${port}/`, needs };
}

/** What the children noted, oldest first. */
function notes() {
  const lines = readFileSync(journal, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [name = '', word = '', pid = ''] = line.split(' ');
    return { name, word, pid: Number(pid) };
  });
}

function supervise(specs: readonly ChildSpec[]) {
  const events: ChildEvent[] = [];
  const lines: string[] = [];
  supervisor = new Supervisor(specs, {
    clock: recordedCli(),
    onLine: (name, line) => lines.push(`${name}: ${line}`),
    onEvent: (event) => events.push(event),
  });
  return { supervisor, events, lines, kinds: () => events.map(({ kind, name }) => `${name} ${kind}`) };
}

describe('Supervisor', () => {
  it('starts each child when those it needs are ready, and stops them in order', async () => {
    const specs = [
      await fake('simulator', 'good', ['ingest']),
      await fake('ingest', 'good', ['broker']),
      await fake('broker'),
    ];
    const { supervisor, kinds, lines } = supervise(specs);
    await supervisor.start(20_000, never);
    expect(kinds()).toEqual(['broker ready', 'ingest ready', 'simulator ready']);
    expect(supervisor.problems()).toEqual(new Map());
    expect(lines).toContain('ingest: {"level":"warn","msg":"ingest listens"}');
    const pids = notes().map(({ pid }) => pid);
    await supervisor.stop();
    expect(
      notes()
        .filter(({ word }) => word === 'stopped')
        .map(({ name }) => name),
    ).toEqual(['simulator', 'ingest', 'broker']);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('starts a child that died again, and says so', async () => {
    const { supervisor, kinds, events } = supervise([await fake('ingest')]);
    await supervisor.start(20_000, never);
    const [first] = notes();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    await waitFor('the second start', () => kinds().length === 3);
    expect(kinds()).toEqual(['ingest ready', 'ingest ended', 'ingest ready']);
    expect(events[1]).toMatchObject({ detail: 'ended with SIGKILL; starting again in 0.1 s' });
    expect(notes().map(({ word }) => word)).toEqual(['started', 'started']);
  });

  it('starts children that died together in the order of their needs', async () => {
    const specs = [await fake('ingest', 'good', ['broker']), await fake('broker')];
    const { supervisor, kinds } = supervise(specs);
    await supervisor.start(20_000, never);
    for (const { pid } of notes()) process.kill(pid, 'SIGKILL');
    await waitFor('both to be ready again', () => kinds().length === 6);
    expect(kinds().slice(0, 4).sort()).toEqual(['broker ended', 'broker ready', 'ingest ended', 'ingest ready']);
    expect(kinds().slice(4)).toEqual(['broker ready', 'ingest ready']);
    const names = notes().flatMap(({ name, word }) => (word === 'started' ? [name] : []));
    expect(names).toEqual(['broker', 'ingest', 'broker', 'ingest']);
  });

  it('leaves a misconfigured child alone and keeps the others', async () => {
    const { supervisor, kinds } = supervise([await fake('writer', 'misconfigured'), await fake('rules')]);
    await supervisor.start(20_000, never);
    expect(kinds().sort()).toEqual(['rules ready', 'writer left']);
    expect(supervisor.problems().get('writer')).toContain('configuration is invalid');
    expect(notes().filter(({ name }) => name === 'writer')).toHaveLength(1);
  });

  it('gives a child that cannot run longer and longer rests', async () => {
    const { supervisor, events } = supervise([await fake('writer', 'crashing')]);
    void supervisor.start(20_000, never);
    await waitFor('three ends', () => events.length === 3);
    expect(events.map((event) => 'detail' in event && event.detail)).toEqual([
      'ended with exit code 3; starting again in 0.1 s',
      'ended with exit code 3; starting again in 0.2 s',
      'ended with exit code 3; starting again in 0.4 s',
    ]);
  });

  it('kills a child that does not stop within its grace', async () => {
    const { supervisor } = supervise([await fake('broker', 'stubborn')]);
    await supervisor.start(20_000, never);
    const [{ pid } = { pid: 0 }] = notes();
    const startedAt = Date.now();
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  it('killAll() cuts a stop short', async () => {
    const { supervisor } = supervise([await fake('rules', 'stubborn'), await fake('broker', 'stubborn')]);
    await supervisor.start(20_000, never);
    const startedAt = Date.now();
    const stopped = supervisor.stop();
    supervisor.killAll();
    await stopped;
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    expect(notes().filter(({ pid }) => isAlive(pid))).toEqual([]);
  });

  it('stops while it is still starting', async () => {
    const unready: ChildSpec = { ...(await fake('broker')), readyUrl: 'http://127.0.0.1:1/' };
    const { supervisor } = supervise([unready, await fake('ingest', 'good', ['broker'])]);
    const givenUp = new AbortController();
    const starting = supervisor.start(20_000, givenUp.signal);
    await waitFor('the first child', () => supervisor.problems().get('broker') === 'starting');
    givenUp.abort();
    await starting;
    await supervisor.stop();
    await waitFor('no child', () => supervisor.problems().get('ingest') === 'not started');
  });

  it('its children do not outlive it, even when it is killed', async () => {
    const ports = await freePorts(2);
    const child = spawn(process.execPath, [SUPERVISE, journal, ...ports.map(String)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const pids = notes().map(({ pid }) => pid);
    expect(pids.filter(isAlive)).toHaveLength(2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await waitFor('the children to end', () => pids.filter(isAlive).length === 0);
    expect(notes().filter(({ word }) => word === 'stopped')).toHaveLength(2);
  });
});
