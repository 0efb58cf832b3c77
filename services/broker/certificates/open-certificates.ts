// The certificates of the listeners in the life of the process: read at the start, and again when a file has changed or
// somebody sends SIGHUP. Health and metrics say what is wrong with them.

import type { CertificateFiles } from '#runtime/certificates/layout.ts';
import type { Health } from '#runtime/health.ts';
import type { Log } from '#runtime/log.ts';
import type { Metrics } from '#runtime/metrics.ts';
import type { Problems } from '#runtime/problems.ts';
import { watchFiles } from '#runtime/watch-files.ts';
import { certificateProblems, firstEndAt } from './certificate-problems.ts';
import { Certificates } from './certificates.ts';
import { validityProblem } from './read-certificates.ts';

export type CertificateLife = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly problems: Problems;
  readonly stack: AsyncDisposableStack;
  readonly now: () => number;
};

/** @throws StartError where the files cannot be used */
export function openCertificates(
  files: CertificateFiles,
  { log, metrics, health, problems, stack, now }: CertificateLife,
): Certificates {
  const reload = () => certificates.reload();
  // Before they are read: a change between the two is noticed then.
  stack.use(watchFiles(Object.values(files), reload));
  process.on('SIGHUP', reload);
  stack.defer(() => void process.off('SIGHUP', reload));
  const certificates = new Certificates({ files, log, now });
  health.add('certificates', () => certificates.problem ?? validityProblem(certificates.current, now()));
  problems.add(() => certificateProblems(certificates.current, now()));
  problems.addOne('certificate-files', 'high', () => certificates.problem);
  metrics.gauge(
    'broker_certificate_expires_seconds',
    'Until the first of certificate, authority and list of revoked ones ends; negative afterwards.',
    () => Math.round((firstEndAt(certificates.current) - now()) / 1_000),
  );
  metrics.gauge(
    'broker_certificate_reload_failed',
    '1 while the certificate files as they are now cannot be used.',
    () => (certificates.problem === undefined ? 0 : 1),
  );
  return certificates;
}
