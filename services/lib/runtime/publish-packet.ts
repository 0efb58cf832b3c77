// A message as a PUBLISH packet; what only MQTT 5 can say is left out before it.

import { payloadKindOf } from '#domain/payload-kind.ts';
import type { PublishOptions } from './bus.ts';
import type { IPublishPacket } from './mqtt-connection.ts';
import type { Properties } from './mqtt-login.ts';
import type { MqttVersion } from './reconnecting.ts';
import type { Aliased } from './topic-aliases.ts';

export type Outgoing = {
  readonly topic: string;
  /** Text is ours; bytes are handed on, and what they are is not for us to say. */
  readonly payload: string | Buffer;
  readonly options: PublishOptions;
  /** On the clock of `now`, ms. */
  readonly expiresAt: number | undefined;
};

export type Envelope = {
  readonly version: MqttVersion;
  /** undefined at QoS 0. */
  readonly messageId: number | undefined;
  readonly aliased: Aliased | undefined;
  readonly now: number;
};

export function publishPacket(message: Outgoing, { version, messageId, aliased, now }: Envelope): IPublishPacket {
  const { topic, payload, options } = message;
  return {
    cmd: 'publish',
    topic: aliased?.isKnown === true ? '' : topic,
    payload,
    qos: messageId === undefined ? 0 : 1,
    retain: options.retain ?? false,
    dup: false, // the session before is gone with its connection: to this one the message is new
    ...(messageId === undefined ? {} : { messageId }),
    ...(version === 5 ? { properties: propertiesOf(message, aliased, now) } : {}),
  };
}

/** What a text of ours on this topic is. */
export function kindProperties(topic: string): Properties {
  const kind = payloadKindOf(topic);
  if (kind === undefined) return {};
  const { contentType, schema } = kind;
  return { payloadFormatIndicator: true, contentType, userProperties: { schema } };
}

function propertiesOf({ topic, payload, options, expiresAt }: Outgoing, aliased: Aliased | undefined, now: number) {
  const { traceparent, correlation, responseTopic } = options;
  const kind = typeof payload === 'string' && payload !== '' ? kindProperties(topic) : {};
  return {
    ...kind,
    // Whole seconds, and not more than are left; the last of them is rounded up, for 0 would be gone before it is sent on.
    ...(expiresAt !== undefined && { messageExpiryInterval: Math.max(1, Math.floor((expiresAt - now) / 1_000)) }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlation !== undefined && { correlationData: Buffer.from(correlation) }),
    ...(aliased && { topicAlias: aliased.alias }),
    ...(traceparent !== undefined && { userProperties: { ...kind.userProperties, traceparent } }),
  };
}
