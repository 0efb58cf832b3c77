// Where and how the embedded broker listens. Part of the broker's section (sections.ts); the supervisor reads it too.

import { z } from 'zod';
import { portSetting } from './config.ts';

const listenPortSetting = z.union([z.literal('off'), portSetting], {
  error: 'must be a port from 0 to 65535, or off',
});

const fileSetting = z.string().min(1).optional();

export const brokerListening = {
  host: z.string().min(1).default('127.0.0.1').describe('Address the embedded broker listens on.'),
  port: portSetting.default(1883).describe('TCP port of the embedded broker.'),
  tlsHost: z.string().min(1).default('127.0.0.1').describe('Address of MQTT over TLS, and of secure WebSocket.'),
  tlsPort: listenPortSetting
    .default(8883)
    .describe('Port of MQTT over TLS, or off; it opens where there is a certificate (`penstock cert init`).'),
  tlsCertFile: fileSetting.describe('Certificate of the broker (PEM, with what stands between it and its authority).'),
  tlsKeyFile: fileSetting.describe('Its private key (PEM).'),
  tlsCaFile: fileSetting.describe('Certificates of the authorities that clients are verified by (PEM).'),
  tlsCrlFile: fileSetting.describe('What that authority has revoked (PEM or DER).'),
  tlsClientCertificates: z
    .enum(['off', 'optional', 'required'])
    .default('off')
    .describe('Whether a client shows a certificate: never, if it likes, or always.'),
  wsHost: z.string().min(1).default('127.0.0.1').describe('Address of MQTT over WebSocket.'),
  wsPort: listenPortSetting.default(9001).describe('Port of MQTT over WebSocket, or off.'),
  wssPort: listenPortSetting.default('off').describe('Port of MQTT over secure WebSocket, or off.'),
  wsOrigins: z
    .array(z.string().min(1))
    .default([])
    .describe('Origins whose pages may connect by WebSocket, besides those of this host itself; * for all.'),
  plaintext: z
    .enum(['loopback', 'allow'])
    .default('loopback')
    .describe('Whether what is not encrypted may be reached from other machines (allow), or from this one only.'),
};

export type BrokerListening = z.infer<z.ZodObject<typeof brokerListening>>;
