// The topics of Sparkplug B [3.0, 4]: spBv1.0/{group}/{type}/{edge node}[/{device}] and spBv1.0/STATE/{host}. Its ids may hold
// almost anything; how they become names of ours is decided where they are taken in (services/ingest/sparkplug).

export const NODE_MESSAGES = ['NBIRTH', 'NDEATH', 'NDATA', 'NCMD'] as const;
export const DEVICE_MESSAGES = ['DBIRTH', 'DDEATH', 'DDATA', 'DCMD'] as const;
export type SparkplugMessage = (typeof NODE_MESSAGES)[number] | (typeof DEVICE_MESSAGES)[number];

/** What an edge node says, of itself and of its devices; the other two are said to it. */
export const NODE_SAYS = ['NBIRTH', 'NDEATH', 'NDATA'] as const;
export const DEVICE_SAYS = ['DBIRTH', 'DDEATH', 'DDATA'] as const;

const ROOT = 'spBv1.0';
/** Topics are at most 65,535 bytes long; an id is a name of something. */
const ID_CHARS_MAX = 256;

export type EdgeName = { readonly group: string; readonly edge: string };
/** An edge node (no device), or a device of one. */
export type SparkplugAddress = EdgeName & { readonly device: string | null };

export type SparkplugTopic = SparkplugAddress & { readonly type: SparkplugMessage };

export const sparkplugTopics = {
  message: (type: SparkplugMessage, { group, edge, device }: SparkplugAddress) =>
    device === null ? `${ROOT}/${group}/${type}/${edge}` : `${ROOT}/${group}/${type}/${edge}/${device}`,
  state: (host: string) => `${ROOT}/STATE/${host}`,
} as const;

/** Everything that edge nodes say. */
export const sparkplugFilters: readonly string[] = [
  ...NODE_SAYS.map((type) => `${ROOT}/+/${type}/+`),
  ...DEVICE_SAYS.map((type) => `${ROOT}/+/${type}/+/+`),
];

/** What hosts tell edge nodes and devices to do. */
export const sparkplugOrders: readonly string[] = [`${ROOT}/+/NCMD/+`, `${ROOT}/+/DCMD/+/+`];

/** What one edge node says of itself and its devices, and what it is told. */
export function sparkplugOf(name: EdgeName): { readonly says: readonly string[]; readonly obeys: readonly string[] } {
  const of = (types: readonly SparkplugMessage[], device: string | null) =>
    types.map((type) => sparkplugTopics.message(type, { ...name, device }));
  return {
    says: [...of(NODE_SAYS, null), ...of(DEVICE_SAYS, '+')],
    // Libraries subscribe to more than there is.
    obeys: [...of(['NCMD'], null), ...of(['DCMD'], null)].map((topic) => `${topic}/#`),
  };
}

/** What is sent again goes another way: its seq is of long ago, and other hosts must not take it for news. */
const REPLAY = `replay/v1/${ROOT}/`;
export const SPARKPLUG_REPLAYS = `${REPLAY}#`;

/** Where a message that could not be taken goes when it is replayed. */
export function replayTopicOf(topic: string): string {
  return isSparkplugTopic(topic) ? `replay/v1/${topic}` : topic;
}

/** The topic that a replayed message came on once; undefined where it is none of Sparkplug. */
export function replayedTopic(topic: string): string | undefined {
  return topic.startsWith(REPLAY) ? topic.slice(REPLAY.length - ROOT.length - 1) : undefined;
}

export function isSparkplugTopic(topic: string): boolean {
  return topic.startsWith(`${ROOT}/`);
}

/** undefined where the topic is none that an edge node writes or reads: of another type or length, or the STATE of a host. */
export function parseSparkplugTopic(topic: string): SparkplugTopic | undefined {
  const [root, group = '', type, edge = '', device, ...rest] = topic.split('/');
  if (root !== ROOT || rest.length > 0 || !isId(group) || !isId(edge)) return undefined;
  const ofNode = NODE_MESSAGES.find((each) => each === type);
  if (ofNode !== undefined) return device === undefined ? { type: ofNode, group, edge, device: null } : undefined;
  const ofDevice = DEVICE_MESSAGES.find((each) => each === type);
  if (ofDevice === undefined || device === undefined || !isId(device)) return undefined;
  return { type: ofDevice, group, edge, device };
}

function isId(text: string): boolean {
  return text !== '' && text.length <= ID_CHARS_MAX;
}
