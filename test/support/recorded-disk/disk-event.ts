// What a process did to the files of a folder, and what it said to others meanwhile, in order. A file is a number, since its
// name may change, go, or be given to another.

export type DiskEvent =
  | { readonly kind: 'created'; readonly node: number; readonly name: string; readonly isFolder: boolean }
  | { readonly kind: 'removed'; readonly name: string }
  | { readonly kind: 'renamed' | 'linked'; readonly name: string; readonly to: string }
  /** From now on the bytes may be there, and when the call is done, for sure in memory. */
  | { readonly kind: 'writing'; readonly node: number; readonly write: Write }
  | { readonly kind: 'written'; readonly write: Write; readonly length: number }
  | { readonly kind: 'cut off'; readonly node: number; readonly length: number }
  /** Nothing is known of a file that is written through memory. */
  | { readonly kind: 'mapped'; readonly node: number }
  /** What was written by now will be on the disk when it is synced. */
  | { readonly kind: 'syncing'; readonly node: number; readonly sync: object }
  | { readonly kind: 'synced'; readonly node: number; readonly sync: object; readonly name: string }
  /** Bytes to somebody else: `TCP:[127.0.0.1:1883->127.0.0.1:49152]`, `stdout`. */
  | { readonly kind: 'said'; readonly to: string; readonly bytes: Buffer };

/** What a folder holds, by name; null is a folder. */
export type Found = ReadonlyMap<string, Buffer | null>;

export type Write = { readonly at: number; readonly bytes: Buffer };
