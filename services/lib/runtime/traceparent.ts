// The trace that a message belongs to, as W3C Trace Context writes it in a user property of MQTT 5. It is handed on where one
// came in; we begin none.

/** Version 00: ids in lower-case hex, and neither all zero [Trace Context 3.2.2]. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** undefined where there is none, or something that is none: it is then not handed on [3.2.2.5]. */
export function traceparentOf(userProperties: Readonly<Record<string, string | string[]>>): string | undefined {
  const { traceparent } = userProperties;
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}
