// What docker compose is to start from deploy/compose.yaml, as its .env. Pure.

export const STORES = ['influxdb', 'historian'] as const;
export const BROKERS = ['embedded', 'mosquitto'] as const;

export type ComposeChoice = {
  readonly store: (typeof STORES)[number];
  readonly broker: (typeof BROKERS)[number];
  readonly hasDemo: boolean;
  readonly isScaled: boolean;
  /** By which devices on other machines reach the broker; undefined where they do not. */
  readonly host: string | undefined;
};

/** Why that cannot be; undefined where it can. */
export function choiceProblem({ broker, isScaled }: ComposeChoice): string | undefined {
  return isScaled && broker === 'embedded'
    ? 'a second ingest needs a broker with shared subscriptions: add --broker mosquitto'
    : undefined;
}

export function composeEnv(choice: ComposeChoice): string {
  const { store, broker, hasDemo, isScaled, host } = choice;
  const files = [
    'compose.yaml',
    ...(store === 'influxdb' ? [] : ['compose.without-influxdb.yaml']),
    ...(broker === 'embedded' ? [] : ['compose.without-broker.yaml']),
  ];
  const profiles = [
    ...(store === 'influxdb' ? [] : [store]),
    ...(broker === 'embedded' ? [] : [broker]),
    ...(isScaled ? ['scale'] : []),
    ...(hasDemo ? ['demo'] : []),
  ];
  const lines = [
    '# What `docker compose up` starts here. Written by `penstock init compose`; it holds no secret.',
    `COMPOSE_FILE=${files.join(':')}`,
    `COMPOSE_PROFILES=${profiles.join(',')}`,
    ...(store === 'historian' ? ['PENSTOCK_STORE_URL=http://historian:8086'] : []),
    ...(broker === 'mosquitto' ? MOSQUITTO : []),
    ...(isScaled ? FIRST_OF_TWO : []),
    ...(host === undefined ? [] : [`MQTT_HOST=${host}`, 'MQTT_TLS_ADDRESS=0.0.0.0']),
  ];
  return `${lines.join('\n')}\n`;
}

const MOSQUITTO = [
  'MOSQUITTO=mosquitto',
  'PENSTOCK_BROKER_URL=mqtts://mosquitto:8884',
  'PENSTOCK_BROKER_CA_FILE=/authority/ca.pem',
];

/** Of a group only the one that has a host's name reads Sparkplug. */
const FIRST_OF_TWO = [
  'PENSTOCK_INGEST_SHARE=ingest',
  'PENSTOCK_INGEST_REPLICA=a',
  'PENSTOCK_INGEST_SPARKPLUG_HOST=penstock',
];
