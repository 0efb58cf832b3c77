// Every word on the page, in one place, ready for translation.

import type { AlarmOverlay, AlarmState, Priority } from '#domain/alarm.ts';
import type { CommandStatus } from '#domain/command.ts';
import type { ShownStatus } from './parts/shown-status.ts';
import type { StationHealth } from './pipeline/stations.ts';
import type { PageName } from './state/route.ts';

function spokenDuration(ms: number): string {
  const [size, word] = DURATIONS.find(([each]) => ms % each === 0) ?? [1, 'ms'];
  return ms === size ? word : `${ms / size} ${word}s`;
}

const DURATIONS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

export const PRIORITY_WORDS: { readonly [priority in Priority]: string } = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};

export const STATE_WORDS: { readonly [state in AlarmState]: string } = {
  UNACK: 'active, not acknowledged',
  ACKED: 'active, acknowledged',
  RTNUN: 'returned, not acknowledged',
  LATCH: 'returned, waits for reset',
  PENDING: 'evidence is being gathered',
  NORM: 'normal',
};

export const OVERLAY_WORDS: { readonly [overlay in AlarmOverlay]: string } = {
  OOSRV: 'Out of service',
  SHLVD: 'Shelved',
  DSUPR: 'Suppressed by design',
};

export const COMMAND_WORDS: { readonly [status in CommandStatus]: string } = {
  BLOCKED: 'BLOCKED, not sent',
  AWAITING_APPROVAL: 'WAITS FOR APPROVAL',
  QUEUED: 'waits for the device to come back',
  SENT: 'sent',
  DELIVERED: 'delivered',
  ACCEPTED: 'accepted by the device',
  REJECTED: 'REJECTED by the device',
  SUCCEEDED: 'done, says the device',
  FAILED: 'FAILED, says the device',
  VERIFIED: 'done, and the plant shows it',
  UNVERIFIED: 'NOT VERIFIED, the plant does not show it done',
  TIMEOUT: 'NO ANSWER from the device in time',
  EXPIRED: 'EXPIRED, not to be carried out any more',
};

export const SERVICE_WORDS: { readonly [status in ShownStatus]: string } = {
  up: 'up',
  down: 'DOWN',
  restarting: 'RESTARTING',
  unknown: 'unknown',
};

/** What is missing while a service is away, and what to do. */
const WITHOUT: { readonly [service: string]: string | undefined } = {
  broker:
    'Nobody hears anybody: devices keep what they can until it is back. It is started again by itself; where it is not, its log says why.',
  ingest:
    'What devices send waits at the broker, and is worked off when it is back. Where it does not come back by itself, its log says why.',
  rules:
    'No alarm comes and none goes: watch the plant yourself until it is back. Points wait at the broker and are judged then. Its log says why it ended.',
  writer:
    'Nothing is stored: points wait at the broker until it is back, and trends end where it ended. Its log says why.',
  historian:
    'Nothing can be stored or looked up: the writer keeps points on its disk until it is back. Its log says why; a full disk is the most likely reason.',
  console: 'Another console than this one is away. Its log says why.',
  watchdog: 'Nobody would notice if the pipeline stood still. Start it again; its log says why it ended.',
};

export const texts = {
  title: 'Penstock',
  skip: 'Skip to the content',
  navigation: 'Pages',
  look: {
    label: 'Look of the page',
    names: { system: 'Look: system', light: 'Look: light', dark: 'Look: dark', contrast: 'Look: high contrast' },
  },
  pages: {
    alarms: 'Alarms',
    trends: 'Trends',
    devices: 'Devices',
    rules: 'Rules',
    rejects: 'Refused',
    pipeline: 'Pipeline',
  } satisfies { readonly [page in PageName]: string },
  login: {
    heading: 'Log in',
    user: 'User',
    password: 'Password',
    submit: 'Log in',
    hints: {
      there: 'Forgotten? Whoever runs Penstock gives a new password: penstock user passwd <name>',
      nobody:
        'Nobody can log in yet. Make the first user on the machine that runs Penstock: penstock user add <name> --role engineer',
      broken: 'Nobody can log in: the files of users have a mistake, which the log of the console names.',
    },
  },
  roles: { viewer: 'viewer, sees only', operator: 'operator', engineer: 'engineer', admin: 'admin' },
  logout: 'Log out',
  loading: 'Loading …',
  showMore: (n: number) => `Show ${n} more`,
  connection: {
    connecting: 'Connecting …',
    live: 'Live',
    lost: 'Connection lost',
    broker: 'No broker',
    lostBanner: 'No connection to the console: everything below is as it was when the connection broke. Trying again.',
    brokerBanner: (why: string) => `The console has lost the broker (${why}): everything below may be out of date.`,
  },
  dropped: (what: string) => `Not everything is shown: ${what} did not fit into memory.`,
  droppedParts: { alarms: 'alarms', series: 'series', devices: 'devices' },
  counts: {
    label: 'Alarms by priority',
    count: (word: string, active: number, unacked: number) =>
      `${word}: ${active} active or waiting, ${unacked} not acknowledged`,
    unacked: (n: number) => `(${n} new)`,
  },
  alarms: {
    heading: 'Alarms',
    filter: 'Show',
    filters: {
      open: 'Active or unacknowledged',
      unacked: 'Unacknowledged',
      aside: 'Shelved, suppressed, out of service',
    },
    columns: {
      priority: 'Priority',
      state: 'State',
      alarm: 'Alarm',
      value: 'Value then',
      since: 'Since',
      action: 'Action',
    },
    empty: {
      open: 'No alarm is active or waits for an acknowledgement.',
      unacked: 'Every alarm is acknowledged.',
      aside: 'No alarm is shelved, suppressed or out of service.',
    },
    unknownNow: (quality: string) =>
      quality === 'STOPPED'
        ? 'Nobody judges this alarm: its rule was stopped.'
        : `The condition cannot be decided now (${quality}).`,
    details: 'Details',
    more: (n: number) => `${n} more alarms of lower rank are not drawn.`,
    aside: (n: number) =>
      n === 1
        ? 'One alarm is shelved, suppressed or out of service.'
        : `${n} alarms are shelved, suppressed or out of service.`,
    showAside: 'Show',
    both: (one: string, other: string) => `${one}; ${other.toLowerCase()}`,
    shelvedUntil: (end: string, left: string) => `until ${end}, ${left} left`,
    firstOut: 'First out',
    firstOutMeans: 'The first alarm of its group: what tripped the others.',
    commandTo: (command: string, device: string) => `${command} to ${device}`,
    operations: {
      ack: 'Acknowledge',
      shelve: 'Shelve',
      unshelve: 'End shelving',
      reset: 'Reset',
      oos: 'Take out of service',
      'in-service': 'Put back in service',
      approve: 'Approve',
    },
    operationNamed: (word: string, name: string) => `${word}: ${name}`,
    shelveFor: 'Shelve for how long',
    shelveLongest: (longest: string) => `${longest} (the longest)`,
    acknowledgeWithComment: 'Acknowledge with comment',
    comment: 'Comment (optional)',
    sending: 'Sending …',
    sent: 'Sent',
    unanswered: 'Not done so far.',
    refused: (why: string) => `Not done. ${why}`,
    announce: (priority: string, summary: string) => `New ${priority} alarm: ${summary}`,
    detail: {
      rule: 'Rule',
      where: 'Where',
      cause: 'Cause',
      consequence: 'Consequence',
      response: 'Response',
      timeToRespond: 'Time to respond',
      commands: 'Commands of this episode',
      inputs: 'Inputs when decided',
      activeSince: 'Active since',
      clearedAt: 'Returned',
      acked: 'Acknowledged by',
      labels: 'Labels',
      unrationalised: 'The rule names no cause, consequence or response.',
    },
  },
  values: {
    heading: 'Latest values',
    filter: 'Find',
    filterHint: 'device or metric',
    columns: { device: 'Device', metric: 'Metric', value: 'Value', age: 'Age', quality: 'Quality' },
    empty: 'No value has arrived yet. A device publishes to plant/v1/<site>/<area>/<device>/tele.',
    noMatch: 'No series matches.',
    more: (n: number) => `${n} more series; narrow the search to see them.`,
    none: 'no value',
    on: 'On',
    off: 'Off',
    showTrend: (metric: string, device: string) => `Trend of ${metric} of ${device}`,
    full: (n: number) => `The trend shows ${n} series already; take one out first.`,
    stored: 'Only in the store',
    storedMore: 'Look for more in the store',
    storeProblem: (why: string) => `The store could not say all: ${why}`,
    conditions: { GOOD: 'Good', UNCERTAIN: 'UNCERTAIN', STALE: 'STALE', OFFLINE: 'OFFLINE', BAD: 'BAD' },
  },
  devices: {
    heading: 'Devices',
    filter: 'Find',
    filterHint: 'name or model',
    troubled: (n: number, all: number) =>
      n === 0 ? `${all}, none with a known trouble` : `${n} of ${all} want a look`,
    columns: {
      device: 'Device',
      state: 'State',
      seen: 'Last seen',
      rate: 'Messages/min',
      clock: 'Clock',
      model: 'Model',
      firmware: 'Firmware',
      since: 'First seen',
      error: 'Last error',
    },
    states: { true: 'online', false: 'OFFLINE', null: 'not said' },
    rate: (perMinute: number) => String(perMinute),
    never: 'never',
    unknown: 'unknown',
    noTime: 'sends no time',
    noError: 'none',
    contradicts: 'CONTRADICTS its model',
    error: (reason: string, age: string) => `${reason}, ${age} ago:`,
    empty: 'No device is known yet. One that publishes to plant/v1/<site>/<area>/<device>/tele is known at once.',
    noMatch: 'No device matches.',
    beyond: (n: number, shown: number) => `${n} more devices than the ${shown} that are shown; search to see them.`,
    tree: {
      heading: 'Where',
      plant: 'Whole plant',
      counts: (troubled: number, devices: number) =>
        troubled === 0 ? `${devices} devices, none with a known trouble` : `${troubled} of ${devices} want a look`,
      short: (troubled: number, devices: number) => (troubled === 0 ? String(devices) : `${troubled} of ${devices}`),
      troubles: { offline: 'offline', clock: 'clock', contradiction: 'contradiction', error: 'refused' },
      more: (n: number) => `Show ${n} more`,
    },
    place: 'Place in the plant',
    unheard:
      'Nobody has heard of this device yet. It is known as soon as it publishes on the topics of a device; watch it to see its first message.',
    views: { state: 'State', tail: 'Live messages', commands: 'Commands', config: 'Configuration' },
    viewsOf: 'What is shown of the device',
    facts: {
      heading: 'How it is',
      quality: 'Its values',
      role: 'Role',
      labels: 'Labels',
      rssi: 'Radio when it came',
      dbm: (n: number) => `${n} dBm`,
      resetCause: 'Last start',
      gaps: 'Gaps',
      noGaps: 'none known',
      missed: (n: number) => (n === 1 ? 'One record never came' : `${n} records never came`),
      gap: (from: number, to: number, boot: number, age: string) =>
        `${from === to ? `number ${from}` : `numbers ${from} to ${to}`} of start ${boot}, noticed ${age} ago`,
      unlisted: (n: number) => `and ${n} further back`,
      contradictions: 'Contradictions with its model',
      noContradictions: 'none',
      noValues: 'none yet',
      ago: (age: string) => `${age} ago`,
    },
    latest: {
      heading: 'Latest values',
      empty: 'No value of it has arrived yet.',
      more: (n: number) => `${n} more metrics, see Trends.`,
    },
    alarms: { heading: 'Its active alarms', empty: 'No alarm of it is active or waits for somebody.' },
    refused: {
      heading: 'Refused messages',
      empty: 'Nothing of it that was refused is kept.',
      foreign:
        'Only what came on the topics of the device itself can be told apart; for what came by a source see the page of refused messages.',
    },
    tail: {
      heading: 'Live messages',
      watch: 'Watch',
      stop: 'Stop',
      pause: 'Pause',
      resume: 'Go on',
      clear: 'Clear',
      save: 'Save as NDJSON',
      filter: 'Find',
      filterHint: 'topic, payload, reason',
      order: 'Order',
      orders: { newest: 'newest first', oldest: 'newest last' },
      raw: 'As it came',
      became: 'What became of it',
      where: (name: string) =>
        `Listens to plant/v1/${name}/… while you watch. What came next stands beside a message. A device that comes in by a source (Sparkplug, Zigbee, other topics) shows its values alone: its registry entry does not say on which topics it speaks.`,
      states: {
        idle: 'Not watched',
        opening: 'Connecting …',
        live: 'Watching',
        lost: 'Connection lost, trying again …',
      },
      paused: (n: number) => `Paused; ${n} came since`,
      count: (n: number) => (n === 1 ? 'one line' : `${n} lines`),
      dropped: (n: number) => `${n} came too fast to be shown`,
      problem: (why: string) => `The console does not hear the device: ${why}`,
      empty: 'Nothing has come since you began to watch.',
      noMatch: 'None of the lines matches.',
      broke: 'The connection broke here; what passed meanwhile is not shown.',
      retained: 'kept by the broker',
      qos: (n: number) => `QoS ${n}`,
      bytes: (n: number) => (n === 1 ? '1 byte' : `${n} bytes`),
      cut: 'only its beginning is shown',
      hex: 'not text, in hexadecimal',
      nothing: 'empty message',
      late: 'late',
      morePoints: (n: number) => `and ${n} more`,
      refused: 'REFUSED',
      waits: 'nothing so far',
    },
    commands: {
      heading: 'Commands',
      none: 'The model of this device describes no commands.',
      mayNot: 'Commands are sent from the role of operator on.',
      command: 'Command',
      optional: '(optional)',
      range: (min: string | null, max: string | null) => {
        if (min !== null && max !== null) return `${min} to ${max}`;
        return min !== null ? `at least ${min}` : `at most ${max}`;
      },
      choose: 'Choose …',
      on: 'On',
      off: 'Off',
      comment: 'Why (optional)',
      interlocks: 'Held back while',
      interlock: (state: string, is: string) => `${state} is ${is}`,
      stateNow: (state: string, now: string | null) =>
        now === null ? `nobody has said what ${state} is` : `now ${now}`,
      blocks: 'HOLDS IT BACK',
      wanted: { number: 'Give a number.', boolean: 'Choose On or Off.', text: 'Choose one of the values.' },
      below: (min: string) => `The least is ${min}.`,
      above: (max: string) => `The most is ${max}.`,
      check: 'Check and send …',
      sentence: (command: string, args: string, device: string) =>
        args === '' ? `Send ${command} to ${device}.` : `Send ${command} (${args}) to ${device}.`,
      expires: 'It is not carried out after 60 s, even if the device comes back later.',
      offline: 'The device is offline: it is sent as soon as it is back, if that is within 60 s.',
      verified: (metric: string, within: string) => `It counts as done when ${metric} shows it within ${within}.`,
      send: 'Send',
      cancel: 'Cancel',
      sending: 'Sending …',
      failed: (why: string) => `Not sent. ${why}`,
      recent: 'Sent by people',
      empty: 'Nobody has sent this device a command lately.',
      by: (who: string) => `by ${who}`,
      steps: 'Its life',
    },
    config: {
      heading: 'Configuration',
      failed: (why: string) => `It cannot be shown: ${why}`,
      looking: 'Looking …',
      setting: 'Setting',
      desired: 'Desired',
      reported: 'Reported',
      compared: 'Compared',
      whole: '(the whole document)',
      absent: '—',
      states: { same: 'as desired', waiting: 'DIFFERS', extra: 'nothing desired' },
      notReported: 'The device reports no configuration (cfg/reported).',
      notDesired: 'Nothing is desired of it (cfg/desired).',
      differs: (n: number) => {
        if (n === 0) return 'The device reports everything as it is desired.';
        return n === 1 ? 'One setting is not as it is desired.' : `${n} settings are not as they are desired.`;
      },
      secret: 'What is desired may hold secrets and is shown from the role of engineer on.',
      unreadable: 'One of the two is not JSON; here is what was sent:',
      edit: 'Change what is desired …',
      editor: 'Desired configuration, a JSON object',
      notObject: 'A configuration is a JSON object, such as {"interval": 5}.',
      invalid: (why: string) => `Not valid JSON: ${why}`,
      unchanged: 'This is what is desired already.',
      takesAway: 'Empty: nothing is desired any more.',
      check: 'Check and write …',
      confirm: (device: string) =>
        `Make this the desired configuration of ${device}. The broker keeps it, and gives it to the device now and whenever it connects.`,
      confirmNone: (device: string) =>
        `Take away the desired configuration of ${device}. The device keeps to what it does now.`,
      write: 'Write',
      cancel: 'Cancel',
      writing: 'Writing …',
      written: 'Written. The device reports it when it has taken it over.',
      refused: (why: string) => `Not written. ${why}`,
    },
  },
  trend: {
    heading: 'Trend',
    none: 'Choose a metric in the table of latest values, or find one that only the store remembers; up to eight stand in one trend.',
    loading: 'Asking the store …',
    ranges: 'How long back',
    earlier: 'Earlier',
    later: 'Later',
    nearer: 'Zoom in',
    farther: 'Zoom out',
    live: 'goes on with the clock',
    fixed: 'stays as it is',
    goLive: 'Go on with the clock',
    choose: 'From … to …',
    from: 'From',
    to: 'To',
    apply: 'Show',
    label: 'Trend.',
    keys: 'Left and right arrow: earlier, later. Plus and minus: zoom. The table below says the same in numbers.',
    pointHint: 'Drag to zoom; Ctrl and wheel too. Arrow keys, + and − move the chart when it has the focus.',
    every: (ms: number) => `a value for every ${spokenDuration(ms)}`,
    tiers: { raw: 'made of points', r1m: 'made of minutes', r1h: 'made of hours' },
    legend: 'Series of the trend',
    mean: 'Mean',
    min: 'Min',
    max: 'Max',
    now: 'Now',
    last: 'Last',
    age: (age: string) => `${age} ago`,
    time: 'Time',
    up: (name: string) => `Move up: ${name}`,
    down: (name: string) => `Move down: ${name}`,
    remove: (name: string) => `Take out of the trend: ${name}`,
    noData: 'nothing in this range',
    limit: (isHigh: boolean, value: string, priority: string) =>
      `${isHigh ? 'High' : 'Low'} limit ${value}, ${priority.toLowerCase()}, rule`,
    qualities: { uncertain: 'UNCERTAIN', bad: 'BAD' },
    qualityNote: (quality: 'uncertain' | 'bad', spans: number, points: number) =>
      `${quality === 'bad' ? 'BAD' : 'UNCERTAIN'} quality where it is ${quality === 'bad' ? 'cross-hatched' : 'hatched'}: ${spans === 1 ? 'one stretch' : `${spans} stretches`}, ${points === 1 ? 'one point' : `${points} points`}`,
    gap: (n: number, long: string) => `${n === 1 ? 'One gap' : `${n} gaps`} without a value, ${long} in all`,
    stretch: (what: string, from: string, to: string) => `${what}, from ${from} to ${to}`,
    moreStates: (n: number) => `${n} earlier changes are not drawn: show a shorter time.`,
    alarm: 'Alarm',
    stillActive: 'now, still active',
    moreAlarms: 'Alarms came and went so often that the earlier ones are not drawn: show a shorter time.',
    hiddenAlarms: (n: number) => `${n} more alarms were active: see the page of alarms.`,
    empty: 'The store has nothing of these series in this range.',
    failed: (why: string) => `The trend cannot be drawn: ${why}`,
    table: 'The same as a table',
    nothing: '–',
    spread: (mean: string, low: string, high: string) => `${mean} (${low} to ${high})`,
    exportShown: 'CSV of what is shown',
    exportPoints: 'CSV of all points',
    copyLink: 'Copy link',
    linkCopied: 'Copied. Whoever opens it and is logged in sees the same.',
    linkNotCopied: 'This browser lets no page copy here: take the address from its address bar.',
  },
  rejects: {
    heading: 'Refused messages',
    loading: 'Looking …',
    empty: 'Nothing is kept that was refused.',
    noMatch: 'None of them matches.',
    allSent: 'All that was refused has been sent again.',
    filter: 'Find',
    filterHint: 'reason or words',
    show: 'Show',
    shows: { waiting: 'Not sent again yet', all: 'All that is kept' },
    count: (n: number, waiting: number) => {
      const what = n === 1 ? 'one message' : `${n} messages`;
      if (waiting === n) return what;
      return waiting === 0 ? `${what}, sent again` : `${what}, ${n - waiting} of them sent again`;
    },
    span: (first: string, last: string) => (first === last ? last : `${first} to ${last}`),
    age: (age: string) => `${age} ago`,
    example: 'The newest of them',
    failed: (why: string) => `It cannot be shown: ${why}`,
    place: (place: string) => `The place: ${place}`,
    placeBegins: 'the place begins: ',
    placeEnds: ' the place ends',
    endsHere: '(it ends here)',
    whole: (bytes: number) => `Whole, as JSON (${bytes} bytes)`,
    cut: (kept: string, bytes: number) => `${kept} of ${bytes} bytes are kept.`,
    beyond: (n: number) => `${n} more kinds; penstock rejected list --group shows them.`,
    since: (moment: string) => `Counted since ${moment}: there is more on disk than one look takes.`,
    elsewhere: (services: string) =>
      `What ${services} refused is kept on another machine; there: penstock rejected list --group`,
    live: 'Refused just now, and not kept here',
    payload: 'Payload',
    bytes: (n: number) => `${n} bytes`,
    replay: {
      offer: 'Send again …',
      offerNamed: (what: string) => `Send again: ${what}`,
      asking: 'Looking …',
      would: (n: number, bytes: number) =>
        n === 1
          ? `One message of ${bytes} bytes would be sent again:`
          : `${n} messages, ${bytes} bytes, would be sent again:`,
      nothing: 'There is nothing left of it to send.',
      on: (topic: string, n: number) => `${n} on ${topic}`,
      onOthers: (n: number) => `${n} on other topics`,
      cut: (n: number) => `${n} cannot be sent: only their beginning is kept.`,
      warning:
        'A value without a time of its own gets that of now. Mend what was wrong first, else they are refused again.',
      confirm: (n: number) => (n === 1 ? 'Send it' : `Send ${n}`),
      cancel: 'Cancel',
      sending: (n: number) => `Sending … ${n} so far`,
      sent: (n: number) => (n === 1 ? 'One message was sent again.' : `${n} messages were sent again.`),
      failed: (why: string) => `Not done. ${why}`,
      close: 'Close',
    },
  },
  pipeline: {
    heading: 'The way of a point',
    drawing:
      'Drawing of the way of a point: devices, broker, ingest, points, then rules with alarms on one side and writer with store on the other, and the console. The tables below say the same in words.',
    told: (everyMs: number | null) =>
      everyMs === null || everyMs === 0 ? '' : `Services tell their numbers every ${everyMs / 1_000} s.`,
    notAsked: (why: string) => `The numbers could not be asked for: ${why} Trying again.`,
    missing: 'not known',
    noEvents: 'none came',
    never: 'never',
    docs: 'HTTP API of the console, for programs',
    stations: {
      devices: 'Devices',
      broker: 'Broker',
      ingest: 'Ingest',
      rejected: 'Refused',
      points: 'Points',
      rules: 'Rules',
      writer: 'Writer',
      alarms: 'Alarms, journal',
      store: 'Store',
      console: 'Console',
    },
    stateOf: ({ state, up, all }: StationHealth) => {
      if (state === 'elsewhere') return 'another, not ours';
      if (state === 'unheard') return 'not heard of';
      if (state === 'some') return `${up} of ${all} up`;
      return all > 1 ? `${SERVICE_WORDS[state]}, ${all} of it` : SERVICE_WORDS[state];
    },
    notes: {
      devices: (online: number, all: number) => (online === all ? `${all} known` : `${online} of ${all} online`),
      alarms: (open: number) => (open === 0 ? 'none open' : `${open} open`),
      rejected: 'kept on disk',
      points: 'on the broker',
    },
    numbers: {
      clients: { name: 'Clients connected', short: 'clients', normal: 'devices and services' },
      messages: { name: 'Messages that the broker takes, those of services too', short: 'messages', normal: '' },
      queued: { name: 'Messages that wait at the broker', short: 'wait', normal: 'near 0' },
      queueDropped: { name: 'Messages that a full queue dropped', short: 'dropped', normal: '0' },
      brokerSync: {
        name: 'Share of its time that the broker waits for its disk',
        short: 'in sync',
        normal: 'below 80 %',
      },
      brokerLog: { name: "The broker's log on disk", short: 'log', normal: 'levels off' },
      ingestInFlight: { name: 'Messages that ingest has taken and not finished', short: 'in hand', normal: 'near 0' },
      points: { name: 'Points that ingest hands on', short: 'points', normal: '' },
      batches: { name: 'Batches that they travel in', short: 'batches', normal: 'fewer than points' },
      refused: { name: 'Metrics and messages that ingest refuses', short: 'refused', normal: '0' },
      judged: { name: 'Points that rules judge', short: 'points', normal: 'as many as ingest hands on' },
      held: { name: 'Inputs that wait for others that are late', short: 'held', normal: 'near 0' },
      outputs: { name: 'Alarms, journal entries, commands and notices decided', short: 'decided', normal: '' },
      notices: { name: 'Notices that wait to be sent', short: 'notices', normal: 'near 0' },
      writerInFlight: {
        name: 'Messages that the writer has taken and not on disk',
        short: 'in hand',
        normal: 'near 0',
      },
      stored: { name: 'Lines that the store has taken', short: 'lines', normal: 'goes with the points' },
      storeRefused: { name: 'Lines that the store refused for good', short: 'refused', normal: '0' },
      lag: { name: 'Age of the newest point in the store', short: 'lag', normal: 'as often as points come' },
      unsent: { name: 'How long the oldest message waits for the store', short: 'unsent', normal: 'a few seconds' },
      journal: {
        name: "The writer's journal on disk",
        short: 'journal',
        normal: 'small; grows while the store is away',
      },
      requestP99: { name: 'Requests to the store, 99 of 100 within', short: 'request', normal: 'below 1 s' },
      written: { name: 'Points that the historian writes', short: 'points', normal: 'goes with the lines' },
      writeP99: { name: 'Writes until on disk, 99 of 100 within', short: 'write', normal: 'below 1 s' },
      queryP99: { name: 'Queries to the historian, 99 of 100 within', short: 'a query', normal: 'below 1 s' },
      storeLog: { name: "The historian's log on disk", short: 'log', normal: 'levels off' },
      viewers: { name: 'Pages that are open', short: 'viewers', normal: '' },
      viewersDropped: { name: 'Pages cut off because they could not keep up', short: 'cut off', normal: '0' },
      beatP99: { name: 'Beat of the watchdog there and back, 99 of 100 within', short: 'beat', normal: 'below 1 s' },
    },
    numberTable: {
      heading: 'Numbers',
      asking: 'Asking …',
      empty: 'No service has told a number since the console was started.',
      columns: {
        what: 'Number',
        whose: 'Told by',
        now: 'Now',
        last: 'Last minutes',
        age: 'Age',
        normal: 'Normal',
      },
    },
    serviceTable: {
      heading: 'Each service',
      after: (moment: string) => `after ${moment}`,
      columns: { service: 'Service', state: 'State', since: 'Since', version: 'Version', age: 'Age of its numbers' },
    },
    faults: {
      heading: 'Is anything wrong?',
      known: 'What services say, what they count, and what is missing.',
      none: 'Nothing is known to be wrong.',
      ways: { rejects: 'See what was refused', 'pipeline-alarms': "See the pipeline's own alarms" },
      brokerLost: (why: string) => ({
        what: `The console has lost the broker: ${why}.`,
        help: 'Nothing below is the present. Look whether the broker runs and whether this machine reaches it; the console comes back by itself.',
      }),
      notUp: (device: string, isDown: boolean, detail: string) => {
        const what = isDown ? `${device} is down` : `${device} is being started again`;
        return detail === '' ? `${what}.` : `${what}: ${detail}`;
      },
      without: (service: string) => WITHOUT[service] ?? 'Look at its log, and start it again.',
      problem: (device: string, text: string) => `${device}: ${text}`,
      silent: (device: string, age: string) => ({
        what: `${device} says that it is up, but no number of it has come for ${age}.`,
        help: 'It hangs, or what it publishes does not come through. Look at its log; where that says nothing, start it again.',
      }),
      allSilent: {
        what: 'No number of any service comes any more.',
        help: 'They travel as points do: devices are not heard either. Look at ingest first, then at the broker.',
      },
      neverTold: {
        what: 'Services do not tell their numbers, so nothing is known of rates, queues and lag.',
        help: 'The setting numbersInterval is 0s. Set PENSTOCK_NUMBERS_INTERVAL to 30s and start the services again.',
      },
      alarms: (n: number) => (n === 1 ? 'An alarm of the pipeline is open.' : `${n} alarms of the pipeline are open.`),
      numbers: {
        unsent: (value: string) => ({
          what: `The store is behind: the oldest message waits for it since ${value}.`,
          help: 'Nothing is lost, it waits on the disk of the writer. Look whether the store runs, and has room on its disk.',
        }),
        queueDropped: (value: string) => ({
          what: `Full queues at the broker drop messages (${value}).`,
          help: 'A client that subscribed is away or too slow. Find it in the log of the broker, and start it again or log it out for good.',
        }),
        storeRefused: (value: string) => ({
          what: `The store refuses lines for good (${value}).`,
          help: 'They are kept, with the reason, and can be sent again once that is mended.',
        }),
        refused: (value: string) => ({
          what: `Ingest refuses what devices send (${value}).`,
          help: 'It is kept, with the reason: most often a metric or a unit that the model does not know.',
        }),
        brokerSync: (value: string) => ({
          what: `The broker waits for its disk ${value} of the time.`,
          help: 'The disk is what limits the pipeline. Give its data folder a faster one, or let devices send less often.',
        }),
        viewersDropped: (value: string) => ({
          what: `Pages are cut off because they cannot keep up (${value}).`,
          help: 'They come back by themselves. A slow network, or a screen that is asleep, is the most likely reason.',
        }),
      },
    },
  },
  services: { heading: 'Services', empty: 'No service has reported yet.', since: (age: string) => `for ${age}` },
  errors: {
    unreachable: 'The console cannot be reached.',
    pageNotLoaded: 'This part of the page could not be loaded: the console may have been updated or cannot be reached.',
    tryAgain: 'Try again',
  },
} as const;
