// From the settings to what the broker listens with, or the sentences that say why it will not.

import type { BrokerListening } from '#runtime/broker-listening.ts';
import { certificateFiles } from '#runtime/certificates/layout.ts';
import { StartError } from '#runtime/start-error.ts';
import { type CertificateLife, openCertificates } from '../certificates/open-certificates.ts';
import type { ListenersOptions } from './listeners.ts';
import { listenerProblems, planListeners } from './plan-listeners.ts';

type Options = CertificateLife & {
  readonly config: { readonly root: { readonly data: string }; readonly broker: BrokerListening };
};

/** @throws StartError with everything that is wrong */
export function prepareListeners(options: Options): Omit<ListenersOptions, 'limits' | 'metrics'> {
  const { root, broker } = options.config;
  const files = certificateFiles(root.data, broker);
  const hasCertificate = files !== undefined;
  const problems = listenerProblems(broker, { hasCertificate, hasAuthority: files?.ca !== undefined });
  if (problems.length > 0) throw new StartError(problems.join('\nbroker: '));
  const plans = planListeners(broker, hasCertificate);
  const isEncrypted = plans.some(({ kind }) => kind === 'tls' || kind === 'wss');
  return {
    plans,
    certificates: files !== undefined && isEncrypted ? openCertificates(files, options) : undefined,
    clientCertificates: broker.tlsClientCertificates,
    origins: broker.wsOrigins,
  };
}
