// The disk fails under a running process, unmodified as it is: from now on the first sync of each of its threads fails as
// strace(1) makes it, and does nothing. What comes after it succeeds, as on a real kernel, which has forgotten what was lost.

import { type Running, run } from './processes.ts';

export function failSyncs(pid: number): Running {
  const calls = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO:when=1'];
  return run('strace', ['-f', '-q', ...calls, '-o', '/dev/null', '-p', `${pid}`]);
}
