// Where the broker is, and by which certificates we know each other: from the settings, checked once at the start. Who we are
// there says access/service-login.ts.

import type { MqttAddress } from './mqtt-connection.ts';
import { readTls } from './mqtt-tls.ts';
import { type BrokerConfig, brokerUrl } from './sections.ts';
import { StartError } from './start-error.ts';
import { withoutPassword } from './url-password.ts';

/** @throws StartError where a file cannot be used, or the address is one without TLS */
export function brokerAddress(broker: BrokerConfig): MqttAddress {
  const { caFile, certFile, keyFile, serverName } = broker;
  const url = brokerUrl(broker);
  const tls = { caFile, certFile, keyFile, serverName };
  if (url.startsWith('mqtts:')) readTls(tls, new URL(url).hostname);
  else if (Object.values(tls).some((each) => each !== undefined)) {
    throw new StartError(
      `PENSTOCK_BROKER_CA_FILE, _CERT_FILE, _KEY_FILE and _SERVER_NAME are for TLS, and ${withoutPassword(url)} is without; set PENSTOCK_BROKER_URL to mqtts://…`,
    );
  }
  return { url, tls };
}
