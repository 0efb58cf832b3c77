// The login of a connection as packets: CONNECT, and what a CONNACK says of the broker.

import type { IConnackPacket, IConnectPacket, IPublishPacket } from 'mqtt-packet';
import type { Reason } from './mqtt-reason.ts';
import type { MqttVersion } from './reconnecting.ts';

/** Of a PUBLISH in MQTT 5. */
export type Properties = NonNullable<IPublishPacket['properties']>;

/** What the broker publishes, retained, when the connection is lost without a goodbye. */
export type Will = {
  readonly topic: string;
  readonly payload: string;
  /** For MQTT 5. */
  readonly properties?: Properties;
};

export type Login = {
  readonly version: MqttVersion;
  /** Unique at the broker. */
  readonly clientId: string;
  /** Whether the broker shall forget what it has under that name, and again when we are gone. */
  readonly isClean: boolean;
  /** Most messages that the broker may send us unacknowledged; for MQTT 5. */
  readonly receiveMaximum?: number;
  readonly will?: Will;
};

/** Name, password, and how often we mean to be heard. */
export type Caller = {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly keepaliveSeconds: number;
};

/** What the broker says of itself when it lets us in; a 3.1.1 broker says nothing of it. */
export type Welcome = {
  readonly version: MqttVersion;
  /** It has kept our session. Messages of it may follow at once. */
  readonly isResumed: boolean;
  /** Most messages that we may have sent and that it owes an acknowledgement for. */
  readonly receiveMaximum: number;
  readonly packetBytesMax: number;
  readonly topicAliasMax: number;
  readonly qosMax: number;
  readonly keepsRetained: boolean;
  readonly sharesSubscriptions: boolean;
  /** How long it will keep our session; undefined where it keeps it for good. */
  readonly sessionSeconds: number | undefined;
  /** How often it wants to hear from us; undefined where it is content. */
  readonly keepaliveSeconds: number | undefined;
};

export type Answer =
  | { readonly kind: 'welcome'; readonly welcome: Welcome }
  | { readonly kind: 'refused'; readonly reason: Reason }
  | { readonly kind: 'other version' };

/** Never: what 3.1.1 promises. A service that is away for a month still gets what was kept for it. */
const SESSION_EXPIRY_NEVER = 0xffff_ffff;
/** Flags and return code, which is all of a CONNACK before MQTT 5. */
const OLD_CONNACK_BYTES = 2;
const RECEIVE_MAXIMUM_DEFAULT = 65_535;

export function connectPacket(login: Login, { username, password, keepaliveSeconds }: Caller): IConnectPacket {
  const { version, clientId, isClean, receiveMaximum, will } = login;
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: version,
    clientId,
    clean: isClean,
    keepalive: keepaliveSeconds,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
    ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
    properties: {
      ...(receiveMaximum === undefined ? {} : { receiveMaximum }),
      ...(isClean ? {} : { sessionExpiryInterval: SESSION_EXPIRY_NEVER }),
    },
  };
}

export function readConnack(packet: IConnackPacket, version: MqttVersion): Answer {
  const { properties = {}, length } = packet;
  // Without properties, to a login in MQTT 5: this broker reads no version numbers. What else it says, it says of 3.1.1.
  if (version === 5 && length === OLD_CONNACK_BYTES && (packet.reasonCode ?? 0) < 128) return { kind: 'other version' };
  const code = packet.reasonCode ?? packet.returnCode ?? 0;
  if (code === 0) return { kind: 'welcome', welcome: welcomeOf(packet, version) };
  const { reasonString, serverReference } = properties;
  return { kind: 'refused', reason: { packet: 'CONNACK', code, isOld: version === 4, reasonString, serverReference } };
}

function welcomeOf({ properties = {}, sessionPresent }: IConnackPacket, version: MqttVersion): Welcome {
  const { sessionExpiryInterval = SESSION_EXPIRY_NEVER, serverKeepAlive = 0 } = properties;
  return {
    version,
    isResumed: sessionPresent,
    receiveMaximum: properties.receiveMaximum ?? RECEIVE_MAXIMUM_DEFAULT,
    packetBytesMax: properties.maximumPacketSize ?? Number.POSITIVE_INFINITY,
    topicAliasMax: properties.topicAliasMaximum ?? 0,
    qosMax: properties.maximumQoS ?? 2,
    keepsRetained: properties.retainAvailable ?? true,
    sharesSubscriptions: version === 5 && (properties.sharedSubscriptionAvailable ?? true),
    sessionSeconds: sessionExpiryInterval < SESSION_EXPIRY_NEVER ? sessionExpiryInterval : undefined,
    keepaliveSeconds: serverKeepAlive > 0 ? serverKeepAlive : undefined,
  };
}
