// Every device: there or not, since when, with which firmware, how well it is heard, and whether its clock is right.

import type { Board } from '../parts/board.ts';
import { HEARD_LATE, JOURNAL_GAP_MS } from '../parts/device-journal.ts';
import { and, deviceStates, EVER, isChosen, isSite, SHOWN } from '../parts/influxql.ts';
import { ABNORMAL } from '../parts/palette.ts';
import { variables } from '../parts/variables.ts';
import { CLOCK_STEPS, ONLINE_WORDS } from '../parts/words.ts';
import { type Context, UIDS } from './context.ts';

const HERE = and(isSite, isChosen('area'));
const byDevice = 'GROUP BY "site", "area", "device"';

/** The newest entry of each device in the journal of devices. */
const newest = `SELECT last("missed") AS "missed", "online", "firmware", "model", "lastSeen", "clockSkewMs", "messagesPerMinute", "lastError" FROM ${deviceStates} WHERE ${and(EVER, HERE)} ${byDevice}`;

/** Where a device has never said it, InfluxDB 1.x would take nothing for false: so only of those that have. */
const newestOnline = `SELECT last("online") AS "online" FROM ${deviceStates} WHERE ${and(EVER, HERE)} ${byDevice}`;

/** A fact of each device over time. */
const factOf = (field: string) =>
  `SELECT last("${field}") FROM ${deviceStates} WHERE ${and(SHOWN, HERE)} GROUP BY time($__interval), "site", "area", "device" fill(none)`;

export function fleetBoard(_: Context): Board {
  return {
    uid: UIDS.fleet,
    title: 'Fleet',
    folder: 'Pipeline',
    description: 'All devices: connection, firmware, radio, restarts, clocks.',
    variables: [variables.sites, variables.areas],
    annotations: [],
    range: 'now-24h',
    refresh: '1m',
    leadsTo: [
      { title: 'Device', uid: UIDS.device },
      { title: 'Pipeline health', uid: UIDS.health },
    ],
    rows: [
      {
        panels: [
          {
            kind: 'stat',
            title: 'Offline',
            description: 'Devices that said goodbye, or whose last will did. Normal: none.',
            width: 4,
            height: 4,
            unit: 'none',
            noValue: 'none',
            steps: [{ from: 1, colour: ABNORMAL }],
            queries: [
              { text: `SELECT count("online") FROM (${newestOnline}) WHERE "online" = false`, alias: 'offline' },
            ],
          },
          {
            kind: 'stat',
            title: 'Devices',
            description: 'Devices that ingest knows.',
            width: 4,
            height: 4,
            unit: 'none',
            queries: [{ text: `SELECT count("missed") FROM (${newest})`, alias: 'known' }],
          },
          {
            kind: 'stat',
            title: 'Wrong clocks',
            description:
              'Devices whose clock is more than 5 s ahead or behind. Ahead, their points bear the time of arrival and count as bad.',
            width: 4,
            height: 4,
            unit: 'none',
            noValue: 'none',
            steps: [{ from: 1, colour: ABNORMAL }],
            queries: [
              {
                text: `SELECT count("missed") FROM (${newest}) WHERE "clockSkewMs" > 5000 OR "clockSkewMs" < -5000`,
                alias: 'off by more than 5 s',
              },
            ],
          },
          {
            kind: 'timeline',
            title: 'Connections',
            description: 'Whether each device was there, by its birth and its last will.',
            width: 12,
            height: 4,
            unit: 'none',
            words: ONLINE_WORDS,
            queries: [
              {
                text: factOf('online'),
                alias: '$tag_device',
              },
            ],
          },
        ],
      },
      {
        panels: [
          {
            kind: 'table',
            title: 'Devices',
            description: `What is known of each. Sort by any column; the last refusal says what a device sends that cannot be taken. When a device was last seen ${HEARD_LATE}.`,
            width: 24,
            height: 12,
            unit: 'none',
            columns: [
              { name: 'site', title: 'Site', width: 100 },
              { name: 'area', title: 'Area', width: 130 },
              {
                name: 'device',
                title: 'Device',
                width: 150,
                link: {
                  title: 'Device',
                  url: `/d/${UIDS.device}?\${__url_time_range}&var-site=\${__data.fields.Site}&var-area=\${__data.fields.Area}&var-device=\${__value.text}`,
                },
              },
              { name: 'online', title: 'Online', width: 90, words: ONLINE_WORDS },
              { name: 'lastSeen', title: 'Last seen', unit: 'dateTimeFromNow', width: 130 },
              { name: 'model', title: 'Model', width: 160 },
              { name: 'firmware', title: 'Firmware', width: 110 },
              { name: 'messagesPerMinute', title: 'Messages/min', width: 120 },
              {
                name: 'clockSkewMs',
                title: 'Clock ahead',
                unit: 'ms',
                width: 120,
                steps: CLOCK_STEPS,
              },
              { name: 'missed', title: 'Missing records', width: 130, steps: [{ from: 1, colour: ABNORMAL }] },
              { name: 'lastError', title: 'Last refusal' },
            ],
            sortBy: [{ column: 'Last seen', isDescending: false }],
            queries: [
              {
                text: `SELECT "site", "area", "device", "online", "lastSeen", "model", "firmware", "messagesPerMinute", "clockSkewMs", "missed", "lastError" FROM (${newest})`,
                format: 'table',
              },
            ],
          },
        ],
      },
      {
        panels: [
          {
            kind: 'trend',
            title: 'Radio (RSSI)',
            description:
              'How strongly each device heard its access point when it came last, where its birth says so. Below −80 dBm it will drop out.',
            width: 12,
            height: 7,
            unit: 'dBm',
            noValue: 'no device tells it',
            gapAfterMs: JOURNAL_GAP_MS,
            queries: [{ text: factOf('rssi'), alias: '$tag_device' }],
          },
          {
            kind: 'timeline',
            title: 'Why devices started',
            description:
              'What each says of its last start, where its birth says so: power, watchdog, a new firmware. A watchdog again and again is a fault.',
            width: 12,
            height: 7,
            unit: 'none',
            noValue: 'no device tells it',
            queries: [{ text: factOf('resetCause'), alias: '$tag_device' }],
          },
        ],
      },
    ],
  };
}
