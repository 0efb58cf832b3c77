// Records what real, unmodified processes do to a folder, by strace(1), so that the power can be cut at any moment of it
// afterwards, as often as one likes. What was synced is there, of the rest any part; what they had told others until then
// (acknowledgements on a socket, lines on stdout) comes with it, for whoever checks that what was promised was kept.
//
//   const recorder = new Recorder(folder, scratch);
//   const service = recorder.run(process.execPath, [main], env);   // as often as wanted, one after the other
//   …                                                              // work, then the end of the service
//   const recording = await recorder.recording();
//   const { said } = recording.cut({ random, into });              // `into` is then the folder after the power cut

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Random } from '#domain/random.ts';
import { findProgram, type Running, run, until } from '../processes.ts';
import type { DiskEvent, Found } from './disk-event.ts';
import { CallFollower, FOLLOWED_CALLS } from './follow-calls.ts';
import { RecordedDisk } from './recorded-disk.ts';
import { readStrace } from './strace-lines.ts';

/** Why nothing can be recorded here; undefined where it can. */
export const NO_STRACE = whyNot();

function whyNot(): string | undefined {
  if (findProgram('strace') === undefined) return 'strace is not installed (apt-get install strace)';
  const { status, stderr } = spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true']);
  return status === 0 ? undefined : `strace cannot work here: ${stderr}`;
}

/** Of one call; what is longer is an error, and no service writes as much at once. */
const STRING_BYTES_MAX = 16 * 1024 * 1024;

export class Recorder {
  readonly #folder: string;
  readonly #scratch: string;
  readonly #found: Found;
  readonly #traces: { readonly file: string; readonly running: Running; after?: Found }[] = [];

  /** @param folder what is in it counts as synced; @param scratch where records are written, outside of it */
  constructor(folder: string, scratch: string) {
    this.#folder = path.resolve(folder);
    this.#scratch = scratch;
    this.#found = contentOf(this.#folder);
  }

  /** Starts a program that is recorded to its end; its process is the child itself, not strace. */
  run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    this.#ended();
    const file = path.join(this.#scratch, `trace-${this.#traces.length}`);
    const options = ['-D', '-f', '-q', '--seccomp-bpf', '-yy', '-xx', '-s', `${STRING_BYTES_MAX}`];
    const calls = ['-e', `trace=${FOLLOWED_CALLS.join(',')}`];
    const running = run('strace', [...options, ...calls, '-o', file, '--', program, ...args], {
      UV_USE_IO_URING: '0', // its writes are no system calls
      ...env,
    });
    this.#traces.push({ file, running });
    return running;
  }

  /** When all that was run has ended. @throws Error where the folder is not as the recording tells: something was missed */
  async recording(): Promise<Recording> {
    this.#ended();
    const sizes = [...this.#found].map(([name, bytes]) => [name, bytes?.length ?? 0] as const);
    const follower = new CallFollower(this.#folder, new Map(sizes));
    for (const { file, running, after = new Map() } of this.#traces) {
      const end = new RegExp(String.raw`^${running.child.pid} +\+\+\+ (?:exited|killed)`, 'm');
      const text = await until('the end of the trace', () => {
        const written = readFileSync(file, 'latin1');
        return end.test(written) ? written : undefined;
      });
      follower.follow(readStrace(text.trimEnd().split('\n')), after);
    }
    const recording = new Recording(this.#folder, this.#found, follower.events);
    recording.compare(this.#traces.at(-1)?.after ?? this.#found);
    return recording;
  }

  /** The last one that was run has: what it was doing then can be seen now. */
  #ended(): void {
    const last = this.#traces.at(-1);
    if (last !== undefined) last.after ??= contentOf(this.#folder);
  }
}

export type CutOptions = {
  readonly random: Random;
  /** The folder to make. */
  readonly into: string;
  /** The mutation: syncs of these files never happened. */
  readonly withoutSync?: (name: string) => boolean;
};

export type Cut = {
  /** What was told to whom until then, whole or in part. */
  readonly said: ReadonlyMap<string, Buffer>;
};

export class Recording {
  readonly events: readonly DiskEvent[];
  readonly #folder: string;
  readonly #found: Found;

  constructor(folder: string, found: Found, events: readonly DiskEvent[]) {
    this.#folder = folder;
    this.#found = found;
    this.events = events;
  }

  /** The power goes at a random moment. */
  cut({ random, into, withoutSync = () => false }: CutOptions): Cut {
    const disk = new RecordedDisk(this.#folder, this.#found);
    const said = new Map<string, Buffer[]>();
    const end = Math.floor(random() * (this.events.length + 1));
    for (const event of this.events.slice(0, end)) {
      if (event.kind === 'said') {
        const parts = said.get(event.to) ?? [];
        said.set(event.to, parts);
        parts.push(event.bytes);
      } else if (event.kind !== 'synced' || !withoutSync(event.name)) disk.apply(event);
    }
    for (const [name, bytes] of [...disk.cut(random)].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const file = path.join(into, path.relative(this.#folder, name));
      if (bytes === null) mkdirSync(file, { recursive: true, mode: 0o700 });
      else writeFileSync(file, bytes, { mode: 0o600 });
    }
    return { said: new Map([...said].map(([to, parts]) => [to, Buffer.concat(parts)])) };
  }

  /** @throws Error where the recording does not end in what is really there */
  compare(found: Found): void {
    const disk = new RecordedDisk(this.#folder, this.#found);
    for (const event of this.events) disk.apply(event);
    const told = disk.now();
    for (const name of new Set([...told.keys(), ...found.keys()])) {
      const [tells, is] = [told.get(name), found.get(name)];
      const isSame = told.has(name) && found.has(name) && (tells === undefined || isEqual(tells, is ?? null));
      if (!isSame) {
        const words = (content: Map<string, Buffer | null | undefined> | Found) =>
          content.has(name) ? `${content.get(name)?.length ?? 0} bytes` : 'not there';
        throw new Error(
          `the recording is not whole: it tells ${name} (${words(told)}) otherwise than it is (${words(found)})`,
        );
      }
    }
  }
}

function isEqual(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function contentOf(folder: string): Map<string, Buffer | null> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map<string, Buffer | null>([
    [folder, null],
    ...entries.map((entry): [string, Buffer | null] => {
      const name = path.join(entry.parentPath, entry.name);
      return [name, entry.isDirectory() ? null : readFileSync(name)];
    }),
  ]);
}
