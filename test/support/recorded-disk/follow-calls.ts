// From system calls to what became of a folder: descriptors and names are followed, everything outside the folder is not.

import path from 'node:path';
import type { DiskEvent, Found, Write } from './disk-event.ts';
import { type Call, connectionOf, type Step, stringsOf } from './strace-lines.ts';

/** All that changes files, moves descriptors, or tells others. */
export const FOLLOWED_CALLS = [
  ...['open', 'openat', 'creat', 'close', 'mkdir', 'mkdirat', 'rename', 'renameat', 'renameat2', 'link', 'linkat'],
  ...['unlink', 'unlinkat', 'rmdir', 'ftruncate', 'truncate', 'fallocate', 'mmap', 'fsync', 'fdatasync'],
  ...['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'sendto', 'sendmsg', 'sendmmsg'],
] as const;

const STANDARD: readonly (string | undefined)[] = [undefined, 'stdout', 'stderr'];

/** unlinkat and openat of a name in an open folder. */
const FROM_FOLDER = /^(\d+)<[^>]*>, "/;

type Open = { readonly node: number; readonly name: string; readonly isAppending: boolean; offset: number };

export class CallFollower {
  readonly events: DiskEvent[] = [];
  readonly #folder: string;
  readonly #nodes: Map<string, number>;
  readonly #sizes: Map<number, number>;
  #descriptors = new Map<number, Open>();
  readonly #writes = new Map<Call, { readonly write: Write; readonly name: string }>();
  #count: number;

  /** @param found sizes of what was there before, the folder too, by name; their numbers are their places */
  constructor(folder: string, found: ReadonlyMap<string, number>) {
    this.#folder = folder;
    this.#nodes = new Map([...found.keys()].map((name, node) => [name, node]));
    this.#sizes = new Map([...found.values()].entries());
    this.#count = found.size;
  }

  /** The calls of one process, from its start to its end. @param after what was in the folder then */
  follow(steps: Iterable<Step>, after: Found): void {
    this.#descriptors = new Map();
    const underWay = new Set<Call>();
    for (const step of steps) {
      if (step.is === 'begun') this.#begin(step.call);
      else if (step.result >= 0) this.#end(step.call, step.result);
      if (step.is === 'begun') underWay.add(step.call);
      else underWay.delete(step.call);
    }
    for (const call of underWay) this.#killed(call, after);
  }

  /** A kill may come in the middle of a call; the kernel has then done as much of it as there is. */
  #killed(call: Call, after: Found): void {
    const { write, name: file = '' } = this.#writes.get(call) ?? {};
    if (write !== undefined) this.#written(call, lengthOfSame(write.bytes, after.get(file)?.subarray(write.at)));
    if (!/^(?:open|creat|mkdir|unlink|rmdir)/.test(call.name)) return;
    const [name] = this.#paths(call);
    if (name === undefined || after.has(name) === this.#nodes.has(name)) return;
    if (after.has(name)) this.#create(name, after.get(name) === null);
    else this.#remove(name);
  }

  /** What takes effect while it is under way takes it at once; a descriptor is free as soon as it is to be closed. */
  #begin(call: Call): void {
    const open = this.#descriptors.get(Number.parseInt(call.args, 10));
    if (/write|^send/.test(call.name)) this.#write(call, open);
    else if (open === undefined) return;
    else if (call.name === 'close') this.#descriptors.delete(Number.parseInt(call.args, 10));
    else if (isSync(call)) this.events.push({ kind: 'syncing', node: open.node, sync: call });
  }

  #end(call: Call, result: number): void {
    const { name, args } = call;
    const open = this.#descriptors.get(Number.parseInt(args, 10));
    if (/^(?:open|openat|creat)$/.test(name)) this.#open(call, result);
    else if (/^mkdir/.test(name)) this.#create(this.#paths(call)[0], true);
    else if (/^(?:rename|link)/.test(name)) this.#move(call);
    else if (/^(?:unlink|rmdir)/.test(name)) this.#remove(this.#paths(call)[0]);
    else if (isSync(call) && open !== undefined) this.events.push({ kind: 'synced', sync: call, ...open });
    else if (name === 'ftruncate' && open !== undefined) this.#cutOff(open.node, Number(args.split(', ')[1]));
    else if (name === 'truncate') throw new Error(`not followed: truncate of a name`);
    else if (name === 'fallocate' && open !== undefined) throw new Error(`not followed: fallocate of ${open.name}`);
    else if (name === 'mmap') this.#map(args);
    else this.#written(call, result);
  }

  #open(call: Call, descriptor: number): void {
    const [name] = this.#paths(call);
    this.#descriptors.delete(descriptor);
    if (name === undefined) return;
    const isNew = !this.#nodes.has(name);
    const node = this.#create(isNew ? name : undefined, false) ?? this.#nodes.get(name) ?? 0;
    if (/O_TRUNC/.test(call.args) && !isNew) this.#cutOff(node, 0);
    this.#descriptors.set(descriptor, { node, name, isAppending: /O_APPEND/.test(call.args), offset: 0 });
  }

  #create(name: string | undefined, isFolder: boolean): number | undefined {
    if (name === undefined) return undefined;
    const node = this.#count++;
    this.#nodes.set(name, node);
    this.#sizes.set(node, 0);
    this.events.push({ kind: 'created', node, name, isFolder });
    return node;
  }

  #move(call: Call): void {
    const [name, to] = this.#paths(call);
    const node = name === undefined ? undefined : this.#nodes.get(name);
    if (name === undefined && to === undefined) return;
    if (name === undefined || to === undefined || node === undefined)
      throw new Error(`not followed: ${call.name} from or to a place outside of ${this.#folder}`);
    const isLink = call.name.startsWith('link');
    if (!isLink) this.#nodes.delete(name);
    this.#nodes.set(to, node);
    this.events.push({ kind: isLink ? 'linked' : 'renamed', name, to });
  }

  #remove(name: string | undefined): void {
    if (name === undefined) return;
    this.#nodes.delete(name);
    this.events.push({ kind: 'removed', name });
  }

  #write(call: Call, open: Open | undefined): void {
    const bytes = Buffer.concat(stringsOf(call));
    if (open === undefined) {
      const to = connectionOf(call) ?? STANDARD[Number.parseInt(call.args, 10)];
      if (to !== undefined) this.events.push({ kind: 'said', to, bytes });
      return;
    }
    const write: Write = { at: this.#placeOf(call, open), bytes };
    this.#writes.set(call, { write, name: open.name });
    this.events.push({ kind: 'writing', node: open.node, write });
  }

  #placeOf({ name, args }: Call, { node, isAppending, offset }: Open): number {
    // The position is the last argument, but for pwritev2, which has flags behind it.
    if (name.startsWith('pwrite')) return Number(args.split(', ').at(name === 'pwritev2' ? -2 : -1));
    return isAppending ? (this.#sizes.get(node) ?? 0) : offset;
  }

  #written(call: Call, length: number): void {
    const { write } = this.#writes.get(call) ?? {};
    this.#writes.delete(call);
    const open = this.#descriptors.get(Number.parseInt(call.args, 10));
    if (write === undefined || open === undefined) return;
    if (!call.name.startsWith('pwrite')) open.offset = write.at + length;
    this.#sizes.set(open.node, Math.max(this.#sizes.get(open.node) ?? 0, write.at + length));
    this.events.push({ kind: 'written', write, length });
  }

  #cutOff(node: number, length: number): void {
    this.#sizes.set(node, length);
    this.events.push({ kind: 'cut off', node, length });
  }

  #map(args: string): void {
    const [, , access = '', how = '', descriptor = ''] = args.split(', ');
    const open = this.#descriptors.get(Number.parseInt(descriptor, 10));
    if (open === undefined || !access.includes('PROT_WRITE') || !how.includes('MAP_SHARED')) return;
    this.events.push({ kind: 'mapped', node: open.node });
  }

  /** Names in a call, undefined for those outside of the folder: from the root on, or from an open folder, as rm walks them. */
  #paths(call: Call): (string | undefined)[] {
    const [, descriptor] = FROM_FOLDER.exec(call.args) ?? [];
    const from = this.#descriptors.get(Number(descriptor ?? Number.NaN))?.name ?? '/';
    return stringsOf(call).map((bytes) => {
      const name = path.resolve(from, bytes.toString());
      return name.startsWith(`${this.#folder}/`) || name === this.#folder ? name : undefined;
    });
  }
}

function lengthOfSame(a: Buffer, b: Buffer = Buffer.alloc(0)): number {
  const differs = a.findIndex((byte, i) => byte !== b[i]);
  return differs === -1 ? a.length : differs;
}

function isSync({ name }: Call): boolean {
  return name === 'fsync' || name === 'fdatasync';
}
