// Which process listens on a TCP port, as far as /proc tells: other users' processes stay unnamed, and so does
// everything on systems without /proc.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** Inodes of the sockets that listen on a port, from the text of /proc/net/tcp or tcp6. */
export function listeningInodes(text: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === LISTEN && local.endsWith(wanted) && inode !== '0' ? [inode] : [];
  });
}

/** `mosquitto (process 812)`; undefined where it cannot be told. */
export function findPortHolder(port: number): string | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(read(file), port));
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pid = list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => list(`/proc/${name}/fd`).some((fd) => sockets.has(link(`/proc/${name}/fd/${fd}`))));
  return pid === undefined ? undefined : `${commandOf(pid)} (process ${pid})`;
}

/** What was called, not `node`: the program's own path tells a person more. */
function commandOf(pid: string): string {
  const [program = '', script] = read(`/proc/${pid}/cmdline`).split('\0');
  const name = program.split('/').at(-1) || read(`/proc/${pid}/comm`).trim();
  return name === 'node' && script ? `node ${script}` : name;
}

// Processes come and go while we look, and others' are closed to us: what cannot be read is not there.
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
