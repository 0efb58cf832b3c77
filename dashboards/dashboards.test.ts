// The dashboards without Grafana: built twice they are the same, and the same as what is committed; they are what Grafana's SDK
// declares; and nothing of what lint.ts looks for is wrong with them. What their queries answer: test/dashboards.test.ts.

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { WATCHES } from './alerts.ts';
import { ALERTING_FILE, alertingText, buildAll, contextOf, JSON_FOLDER } from './build.ts';
import { DeclaredTypes } from './check/declared-types.ts';
import { type DashboardJson, lintAll, type PanelJson } from './check/lint.ts';
import { STORE } from './parts/influxql.ts';
import { ABNORMAL } from './parts/palette.ts';

const RULES = path.resolve(import.meta.dirname, '../rules');
const PROVISIONING = path.resolve(import.meta.dirname, '../deploy/grafana/provisioning');
const COMPOSE = parse(readFileSync(path.resolve(import.meta.dirname, '../deploy/compose.yaml'), 'utf8'), {
  merge: true,
});
const built = buildAll(contextOf(RULES));
const dashboards = built.map(({ text }) => JSON.parse(text) as DashboardJson);

/** Of the SDK, by the type of a panel. */
const MODULES: Readonly<Record<string, string>> = {
  stat: 'stat',
  timeseries: 'timeseries',
  'state-timeline': 'statetimeline',
  table: 'table',
};

test('built twice they are the same', () => {
  expect(buildAll(contextOf(RULES))).toEqual(built);
});

test('what is committed is what is built: `npm run dashboards` writes it', () => {
  expect(readFileSync(ALERTING_FILE, 'utf8')).toBe(alertingText());
  const files = globSync('**/*.json', { cwd: JSON_FOLDER }).sort();
  expect(files).toEqual(built.map(({ file }) => file).sort());
  for (const { file, text } of built) expect(readFileSync(path.join(JSON_FOLDER, file), 'utf8'), file).toBe(text);
});

test('Grafana finds the store, the dashboards and the alerts where the rest says they are', () => {
  const read = (file: string) => parse(readFileSync(path.join(PROVISIONING, file), 'utf8'));
  const [store, ...others] = read('datasources/store.yaml').datasources;
  expect(others).toEqual([]);
  expect(store).toMatchObject({ ...STORE, access: 'proxy', jsonData: { httpMode: 'GET' } });
  const told = Object.keys(COMPOSE.services.grafana.environment);
  const wanted = [...JSON.stringify(store).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  expect(told).toEqual(expect.arrayContaining(wanted));
  const [provider] = read('dashboards/penstock.yaml').providers;
  const mounts = (COMPOSE.services.grafana.volumes as string[]).map((each) => each.split(':'));
  expect(mounts).toContainEqual(['../dashboards/json', provider.options.path, 'ro']);
  expect(mounts).toContainEqual(['./grafana/provisioning', '/etc/grafana/provisioning', 'ro']);
  // Rules are in a folder of their own, and folders of dashboards bear the names of theirs.
  expect(provider.options.foldersFromFilesStructure).toBe(true);
  const rules = WATCHES.map(({ uid }) => uid);
  expect(new Set(rules).size).toBe(rules.length);
});

test('they are what the SDK declares a dashboard, and options of a panel, to be', () => {
  const types = new DeclaredTypes();
  for (const dashboard of dashboards) {
    expect(types.problemsOf(dashboard, 'dashboard', 'Dashboard'), dashboard.uid).toEqual([]);
    for (const panel of dashboard.panels as readonly (PanelJson & { options?: unknown })[]) {
      const module = MODULES[panel.type];
      if (panel.type === 'row') continue;
      expect(module, panel.type).toBeDefined();
      expect(types.problemsOf(panel.options, module ?? '', 'Options'), `${dashboard.uid} ${panel.title}`).toEqual([]);
      const { custom = {} } = panel.fieldConfig?.defaults ?? {};
      if (panel.type !== 'stat') expect(types.problemsOf(custom, module ?? '', 'FieldConfig'), panel.title).toEqual([]);
    }
  }
});

test('of another dashboard it is said where it is not as declared', () => {
  const [first] = dashboards;
  const types = new DeclaredTypes();
  const wrong = {
    ...first,
    schemaVersion: '42',
    colour: 'red',
    refresh: 5,
    panels: [{ type: 'stat', gridPos: { x: 0 } }],
  };
  expect(types.problemsOf(wrong, 'dashboard', 'Dashboard')).toEqual([
    '.colour is not declared',
    '.refresh is 5, not a string',
    '.schemaVersion is "42", not a number',
    '.panels[0].gridPos.h is missing',
    '.panels[0].gridPos.w is missing',
    '.panels[0].gridPos.y is missing',
  ]);
});

test('a look is of one metric, and of none whose name only ends alike', () => {
  const { looks } = contextOf(RULES);
  const names = ['pressure', 'oil-pressure', 'comp-01 oil-pressure', 'comp-01 pressure', 'highest oil-pressure'];
  const looksOf = (name: string) => looks.filter((each) => new RegExp(`^(?:\\S+ )?${each.name}$`).test(name));
  expect(names.map((name) => looksOf(name).map((each) => each.name))).toEqual([
    ['pressure'],
    ['oil-pressure'],
    ['oil-pressure'],
    ['pressure'],
    ['oil-pressure'],
  ]);
  const limits = Object.fromEntries(looks.map((look) => [look.name, JSON.stringify(look.limits)]));
  expect(limits['bearing-temperature']).toContain('75');
  expect(limits['oil-pressure']).toContain('1.2');
  // Its limit is one that each tank has for itself, and rooms have a temperature too.
  expect(limits.temperature).toBe('[]');
});

test('nothing is wrong with them', () => {
  expect(lintAll(dashboards)).toEqual([]);
});

test('where nothing came any more, the overview says so in the colour of what is abnormal', () => {
  const overview = dashboards.find(({ uid }) => uid === 'penstock-overview');
  const said = (overview?.panels ?? []).flatMap(({ title, fieldConfig }) =>
    (fieldConfig?.defaults.mappings ?? [])
      .filter(({ type }) => type === 'special')
      .map(({ options }) => [title, options]),
  );
  const words = (text: string) => ({ match: 'null+nan', result: { text, color: ABNORMAL, index: 0 } });
  expect(said).toEqual([
    ['Silent', words('all silent')],
    ['Behind', words('not told')],
    ['Silent share', words('all silent')],
  ]);
});

test('wherever an alarm is listed, its row leads to that alarm on the console, by columns that are there', () => {
  const address = /\$console\/#\/alarms\/[^"]+/;
  const tables = dashboards.flatMap(({ title = '', panels = [] }) =>
    panels.map((panel) => [`${title}: ${panel.title}`, JSON.stringify(panel)] as const),
  );
  const linked = tables.filter(([, text]) => address.test(text));
  expect(linked.length).toBeGreaterThanOrEqual(7);
  for (const [name, text] of linked) {
    const fields = [...(address.exec(text)?.[0] ?? '').matchAll(/__data\.fields\.(\w+)/g)].map(
      ([, field = '']) => field,
    );
    expect(fields, name).toEqual(['Site', 'Area', 'Rule', 'Instance']);
    for (const field of fields) expect(text, name).toContain(`"${field.toLowerCase()}":"${field}"`);
  }
});

test('each has at most 12 panels on a screen, counting what is repeated once', () => {
  for (const { title, panels } of dashboards) {
    const screens = Math.max(1, Math.ceil(Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h)) / 22));
    expect(panels.filter(({ type }) => type !== 'row').length, title).toBeLessThanOrEqual(12 * screens);
  }
});

type Change = (text: string) => string;
const replaced =
  (what: string | RegExp, by: string): Change =>
  (text) => {
    expect(text).toMatch(what);
    return text.replace(what, by);
  };

test.each<readonly [string, string, Change, RegExp]>([
  ['a slip in InfluxQL', 'penstock-overview', replaced('SELECT count', 'SELEKT count'), /is no InfluxQL/],
  [
    'a path that is not whole',
    'penstock-fleet',
    replaced('\\"plant\\".\\"raw\\".\\"device_state\\"', '\\"device_state\\"'),
    /not the whole path/,
  ],
  ['a measurement that nobody writes', 'penstock-fleet', replaced('device_state', 'devices'), /which nobody writes/],
  [
    'no time filter',
    'penstock-area',
    replaced(
      /\$timeFilter AND (?=\\"site\\" =~ \/\^\$site\$\/ AND \\"area\\" =~ \/\^\$area\$\/ AND \\"device\\" =~ \/\^\$device\$\/ AND)/,
      '',
    ),
    /has neither/,
  ],
  ['a fixed step', 'penstock-area', replaced('time($__interval)', 'time(7s)'), /groups by time\(7s\)/],
  ['a variable that is not there', 'penstock-area', replaced('$tier', '$teir'), /\$teir is no variable/],
  ['a variable for nothing', 'penstock-fleet', (text) => text.replaceAll('$area', 'x'), /nothing asks for \$area/],
  ['another colour', 'penstock-overview', replaced('#c8102e', '#ff0000'), /#ff0000, which is not in the palette/],
  [
    'a link to nowhere',
    'penstock-overview',
    replaced('/d/penstock-alarms', '/d/penstock-alarm'),
    /leads to penstock-alarm,/,
  ],
  ['an id twice', 'penstock-fleet', replaced('"id": 2,', '"id": 1,'), /two panels have the id 1/],
  ['panels over each other', 'penstock-fleet', replaced(/"x": 4,/, '"x": 3,'), /lie over each other/],
  ['another store', 'penstock-fleet', replaced('"uid": "store"', '"uid": "stores"'), /asks stores/],
  [
    'a table of two tags',
    'penstock-alarms',
    replaced(' ORDER BY time DESC LIMIT 500', ' GROUP BY \\"site\\", \\"area\\"'),
    /more than one tag/,
  ],
  [
    'a helper that is shown',
    'penstock-overview',
    replaced(/("expression": "A",\s+)"hide": true/, '$1"hide": false'),
    /would be shown/,
  ],
  [
    'a stat that cannot be read',
    'penstock-overview',
    replaced('"color": "text"', '"color": "transparent"'),
    /are transparent/,
  ],
  ['gaps drawn over', 'penstock-area', replaced('"spanNulls": false', '"spanNulls": true'), /draws over gaps/],
  [
    'steps left out and drawn over',
    'penstock-pipeline-health',
    replaced('"insertNulls": 120000', '"insertNulls": false'),
    /draws over steps that fill\(none\) leaves out/,
  ],
])('%s is found', (_, uid, change, sentence) => {
  const texts = built.map(({ file, text }) => (file.includes(`/${uid}.json`) ? change(text) : text));
  const found = lintAll(texts.map((text) => JSON.parse(text) as DashboardJson));
  expect(found.join('\n')).toMatch(sentence);
});
