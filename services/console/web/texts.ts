// Every word on the page, in one place, ready for translation.

import type { AlarmOverlay, AlarmState, Priority } from '#domain/alarm.ts';
import type { CommandStatus } from '#domain/command.ts';
import type { ShownStatus } from './parts/shown-status.ts';
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

export const texts = {
  title: 'Penstock',
  skip: 'Skip to the content',
  navigation: 'Pages',
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
    stillActive: 'the end of what is shown, still active',
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
  services: { heading: 'Services', empty: 'No service has reported yet.', since: (age: string) => `for ${age}` },
  errors: {
    unreachable: 'The console cannot be reached.',
    pageNotLoaded: 'This part of the page could not be loaded: the console may have been updated or cannot be reached.',
    tryAgain: 'Try again',
  },
} as const;
