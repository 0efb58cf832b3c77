// What a broker says no with, as a sentence: what is wrong, and the way out. MQTT 5 has a code for each case [2.4 Reason Code];
// 3.1.1 has five of its own for a login, which mean the same, and one for a filter.

export type Spoken = 'CONNACK' | 'SUBACK' | 'PUBACK' | 'DISCONNECT';

/** Who is spoken to, so that the sentence can say whose right is missing. */
export type Addressee = { readonly clientId: string; readonly username?: string | undefined };

export type Reason = {
  readonly packet: Spoken;
  readonly code: number;
  /** As a 3.1.1 broker means it. */
  readonly isOld?: boolean;
  /** The broker's own words, if it has any. */
  readonly reasonString?: string | undefined;
  /** Of whom it says that we should go there. */
  readonly serverReference?: string | undefined;
};

const SAYS: Readonly<Record<number, string>> = {
  128: 'it does not say why',
  129: 'it calls our packet malformed',
  130: 'it calls our packet a protocol error',
  131: 'it does not want it, for reasons of its own',
  132: 'it does not speak this version of MQTT',
  133: 'it does not take our client id',
  134: 'the user name or the password is wrong',
  135: 'not authorized',
  136: 'it is not available now',
  137: 'it is busy',
  138: 'we are banned there',
  139: 'it is shutting down',
  140: 'it wants another way of authentication',
  141: 'it has not heard from us in time',
  142: 'another client has taken over our session',
  143: 'it does not take this filter',
  144: 'it does not take this topic',
  145: 'the packet id is in use',
  147: 'more messages are under way than it takes',
  148: 'it does not know the topic alias',
  149: 'the packet is larger than it takes',
  150: 'messages come too fast for it',
  151: 'a quota is used up',
  152: 'somebody who administers it has ended it',
  153: 'the payload is not what its format says',
  154: 'it keeps no retained messages',
  155: 'it does not take this QoS',
  156: 'we should use another server',
  157: 'the server has moved',
  158: 'it has no shared subscriptions',
  159: 'connections come too fast for it',
  160: 'the connection was as long as it may be',
  161: 'it has no subscription identifiers',
  162: 'it has no wildcard subscriptions',
};

/** Return codes of a CONNACK before MQTT 5, as the reason code that means the same. */
const OLD_LOGIN: Readonly<Record<number, number>> = { 1: 132, 2: 133, 3: 136, 4: 134, 5: 135 };

const CHARACTERS_MAX = 200;

/** `begin` says what was refused, such as "the broker refused the login". */
export function reasonSentence(begin: string, reason: Reason, to: Addressee): string {
  const { packet, code, isOld = false } = reason;
  const meaning = meaningOf(reason);
  const says = isOld && packet === 'SUBACK' ? 'it does not say why' : (SAYS[meaning] ?? 'it does not say why');
  const own = printableWords(reason.reasonString);
  const fix = wayOut({ ...reason, code: meaning }, to);
  return `${begin}: ${says}${own === '' ? '' : ` ('${own}')`} (${packet} ${code})${fix === undefined ? '' : `; ${fix}`}`;
}

/** The reason code of MQTT 5 that says the same. */
export function meaningOf({ packet, code, isOld = false }: Reason): number {
  return isOld && packet === 'CONNACK' ? (OLD_LOGIN[code] ?? code) : code;
}

function wayOut({ packet, code, isOld, serverReference }: Reason, { clientId, username }: Addressee) {
  const who = username === undefined ? 'clients without a user name' : `user '${username}'`;
  const login = 'PENSTOCK_BROKER_USERNAME and PENSTOCK_BROKER_PASSWORD';
  switch (code) {
    case 134:
      return username === undefined ? `set ${login}` : `we came as ${who}: see ${login}`;
    case 135:
      if (packet === 'SUBACK') return `let ${who} read it`;
      if (packet === 'PUBACK') return `let ${who} write there`;
      return username === undefined ? `set ${login}` : `let ${who} in at the broker, or set ${login} to another`;
    case 128:
      return isOld && packet === 'SUBACK' ? `let ${who} read it, where it is about rights` : undefined;
    case 133:
      return `we came as '${clientId}'`;
    case 142:
      return `it came as '${clientId}' too: is a second Penstock at this broker, or do replicas share a name (PENSTOCK_INGEST_REPLICA)?`;
    case 149:
      return 'raise its maximum packet size';
    case 154:
      return 'Penstock needs them for alarms and for what is known of devices: turn them on there';
    case 155:
      return 'Penstock needs QoS 1, or messages would be lost: raise the maximum QoS there';
    case 156:
    case 157:
      return `set PENSTOCK_BROKER_URL to ${serverReference === undefined ? 'it' : `'${printableWords(serverReference)}'`}`;
    case 158:
      return 'unset PENSTOCK_INGEST_SHARE, or use a broker that has them';
    default:
      return undefined;
  }
}

/** A broker's words may come from anywhere, and go to logs and terminals. */
function printableWords(text = ''): string {
  return text
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, CHARACTERS_MAX);
}
