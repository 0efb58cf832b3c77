// The disk fails under a running process, unmodified as it is: from now on the first sync of each of its threads fails as
// strace(1) makes it, and does nothing. What comes after it succeeds, as on a real kernel, which has forgotten what was lost.

import { type Running, run } from './processes.ts';

/** @param file where only its syncs are to fail */
export function failSyncs(pid: number, file?: string): Running {
  const only = file === undefined ? [] : ['-P', file];
  const calls = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO:when=1'];
  return run('strace', ['-f', '-q', ...only, ...calls, '-o', '/dev/null', '-p', `${pid}`]);
}
