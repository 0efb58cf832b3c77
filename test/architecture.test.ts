// The rules of the house that a compiler does not know, held by reading sources. Each rule is a function from files to
// sentences `file:line: what is wrong`, so that it can be tried on a file that breaks it: see the last test.

import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from './support/processes.ts';
import { codeLines, importsOf, isCode, isTest, readTree, type SourceFile, topLevel } from './support/source-tree.ts';

type Rule = (files: readonly SourceFile[]) => string[];

const DOMAIN = 'services/lib/domain/';
const RUNTIME = 'services/lib/runtime/';

/** Files below these read clocks, timers and the environment: the edges of a process. */
const EDGES: readonly string[] = [RUNTIME, 'services/cli/'];

/** Single files that do so too, with the reason. */
const NAMED_EDGES: Readonly<Record<string, string>> = {
  'services/writer/patient-request.ts': 'waits between two tries of the store; the wait is cut short by an AbortSignal',
  'services/broker/access/open-gate.ts':
    'stands for main.ts where the gate is put together; wrong logins are answered late',
  'services/broker/listeners/handshake-clock.ts': 'counts the time of a handshake, which ends the connection',
  'services/broker/connect-clock.ts': 'stands in place of a clock of aedes',
  'services/broker/patience.ts': 'winds the clock that aedes runs on whoever lags, while it shows that it lives',
  'services/broker/limits/reading-pace.ts': 'winds the clocks of clients that are read slower than they send',
  'services/broker/limits/admission-queue.ts': 'lets new connections begin at a rate',
  'services/historian/http/test-server.ts': 'stands for main.ts in the tests of the HTTP API',
  'services/historian/engine/testing.ts': 'stands for the thread of the engine in its tests',
  'services/historian/engine/threads/engine-thread.ts': 'the main.ts of a thread',
  'services/historian/engine/threads/query-thread.ts': 'the main.ts of a thread',
  'services/console/rules/rules-thread.ts': 'the main.ts of a thread',
  'services/historian/testdata/write-for-ever.ts': 'the main.ts of a process that is killed in a test',
};

/** Packages that one file hides from all others; a change of library is then a change of that file. */
const ONE_FILE: Readonly<Record<string, readonly string[]>> = {
  mqtt: ['services/cli/simulate/mqtt-link.ts'], // simulated devices have no bus
  // Of ours one reads and one knows the packets of a login; the broker's sends.
  'mqtt-packet': [
    'services/lib/runtime/mqtt-connection.ts',
    'services/lib/runtime/mqtt-login.ts',
    'services/broker/outbound.ts',
  ],
  ws: ['services/broker/listeners/websocket-door.ts', 'services/broker/listeners/websocket-stream.ts'], // and its type
  aedes: ['services/broker/aedes.ts', 'services/broker/aedes-internals.ts'], // its types, and what they leave out
  pino: ['services/lib/runtime/log.ts'],
  '@prometheus-io/client': ['services/lib/runtime/metrics.ts'],
  '@influxdata/influxdb-client': ['services/writer/influx.ts'],
  'p-retry': ['services/writer/patient-request.ts'],
  tinyqueue: ['services/lib/rules/engine/hold.ts'],
  chokidar: ['services/lib/runtime/watch-folder.ts'],
  '@babel/code-frame': ['services/lib/rules/check/report/text.ts'],
  cborg: ['services/ingest/formats/senml-cbor.ts'],
  'js-quantities': ['services/lib/rules/language/units.ts'],
  commander: ['services/cli/program.ts'],
  '@peculiar/x509': ['services/cli/certificates/authority.ts'],
  croner: ['services/rules/notify/shift.ts'],
  qr: ['services/cli/access/qr-text.ts'],
  nodemailer: ['services/rules/channels/email.ts'],
  '@clack/prompts': ['services/cli/rules/ask-rule-wish.ts', 'services/cli/access/wanted-password.ts'], // words, secrets
  execa: ['services/cli/supervisor/launch.ts'],
  'fastest-levenshtein': ['services/lib/runtime/json-file.ts'],
  uplot: ['services/console/web/trend/chart.ts', 'services/console/web/rules/trial/input-plot.ts'], // trends, and a rule on the past
  '@fastify/swagger-ui': ['services/console/http/docs/docs.ts'],
  'sparkplug-payload': ['services/ingest/sparkplug/test-tahu.ts'], // what edge nodes run on, for tests
  // one file each on the disk
  'node:sqlite': [
    'services/historian/engine/sqlite.ts',
    'services/rules/state-store.ts',
    'services/ingest/devices/first-seen.ts',
    'services/ingest/sparkplug/birth-store.ts',
  ],
};

const TOP_LEVEL = [
  ...['README.md', 'CONTRIBUTING.md', 'LICENSE', 'package.json', 'package-lock.json', 'tsconfig.json'],
  ...['services', 'rules', 'dashboards', 'firmware', 'deploy', 'test'],
  ...['.biome.json', '.ci', '.github', '.gitignore', '.npmrc', '.vscode'],
];

/** Lines of code in a main.ts: a list of parts that is read from top to bottom. */
const MAIN_LINES_MAX = 60;

const CLOCK = /\b(?:Date\.now|setTimeout|setInterval|performance\.now)\b|new Date\(\)|node:timers/;
const ENVIRONMENT = /\bprocess\.env\b/;

const under = (file: string, folders: readonly string[]) => folders.some((folder) => file.startsWith(folder));
const isProduction = (file: SourceFile) => isCode(file) && file.path.startsWith('services/') && !isTest(file);

/** `services/<name>/…` gives the name; undefined for what is no service's. */
function serviceOf(file: string): string | undefined {
  const [first, name, rest] = file.split('/');
  return first === 'services' && name !== 'lib' && rest !== undefined ? name : undefined;
}

const domainIsPure: Rule = (files) =>
  files
    .filter((file) => isProduction(file) && file.path.startsWith(DOMAIN))
    .flatMap((file) => [
      ...importsOf(file)
        .filter(({ target }) => target?.startsWith(DOMAIN) !== true)
        .map(
          ({ line, specifier }) =>
            `${file.path}:${line}: the domain imports '${specifier}', and may only import itself`,
        ),
      ...codeLines(file)
        .filter(
          ({ code }) => CLOCK.test(code) || /\b(?:process\.|Math\.random|setImmediate|crypto\.|fetch\()/.test(code),
        )
        .map(
          ({ line, code }) => `${file.path}:${line}: the domain has no clock, no chance and no process: ${code.trim()}`,
        ),
    ]);

/** What a rule means must not depend on where it runs: these are all that language and engine may know of the world. */
const ENGINE_IMPORTS =
  /^(?:#domain\/|#runtime\/(?:plant-files|command-model|duration-text|name-schema|json-file)\.ts$|zod$|node:crypto$|js-quantities$)/;
const ENGINE = /^services\/lib\/rules\/(?:engine|language)\//;

const engineIsPure: Rule = (files) =>
  files
    .filter((file) => isProduction(file) && ENGINE.test(file.path) && !/\/test-[\w-]+\.ts$/.test(file.path))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, target }) => !ENGINE_IMPORTS.test(specifier) && !ENGINE.test(target ?? ''))
        .filter(({ specifier }) => ONE_FILE[specifier]?.includes(file.path) !== true)
        .map(({ line, specifier }) => `${file.path}:${line}: the engine imports '${specifier}' and must stay pure`),
    );

const nothingIsMadeOfText: Rule = (files) =>
  files.filter(isProduction).flatMap((file) =>
    codeLines(file)
      .filter(({ code }) => /\beval\(|\bnew Function\b|\bFunction\(|node:vm/.test(code))
      .map(({ line, code }) => `${file.path}:${line}: code is made of text: ${code.trim()}`),
  );

const servicesNeverMeet: Rule = (files) =>
  files
    .filter((file) => isCode(file) && file.path.startsWith('services/'))
    .flatMap((file) =>
      importsOf(file).flatMap(({ line, specifier, target }) => {
        const [own, other] = [serviceOf(file.path), target === undefined ? undefined : serviceOf(target)];
        if (other === undefined || other === own) return [];
        // The command line prints and checks everybody's settings.
        if (own === 'cli' && path.posix.basename(target ?? '') === 'config.ts') return [];
        return [
          `${file.path}:${line}: ${own ?? 'the library'} imports '${specifier}' of ${other}; services meet on topics and HTTP`,
        ];
      }),
    );

const productionNeedsNoTests: Rule = (files) =>
  files.filter(isProduction).flatMap((file) =>
    importsOf(file)
      .filter(({ target, specifier }) => target?.startsWith('test/') === true || specifier === 'vitest')
      .filter(() => !/(?:^|\/)test-[\w-]+\.ts$/.test(file.path))
      .map(({ line, specifier }) => `${file.path}:${line}: imports '${specifier}', which is only there for tests`),
  );

const timeIsAnArgument: Rule = (files) =>
  files
    .filter((file) => isProduction(file) && !under(file.path, [...EDGES, 'services/console/web/']))
    .filter((file) => path.posix.basename(file.path) !== 'main.ts' && NAMED_EDGES[file.path] === undefined)
    .flatMap((file) =>
      codeLines(file)
        .filter(({ code }) => CLOCK.test(code) || ENVIRONMENT.test(code))
        .map(
          ({ line, code }) =>
            `${file.path}:${line}: clocks, timers and the environment belong to main.ts: ${code.trim()}`,
        ),
    );

const mainIsAList: Rule = (files) =>
  files
    .filter((file) => /^services\/[^/]+\/main\.ts$/.test(file.path))
    .flatMap((file) => {
      const lines = codeLines(file).filter(({ code }) => code.trim() !== '').length;
      return lines <= MAIN_LINES_MAX
        ? []
        : [`${file.path}:1: has ${lines} lines of code; a list of parts has at most ${MAIN_LINES_MAX}`];
    });

const packagesHaveOneFile: Rule = (files) =>
  files.filter(isProduction).flatMap((file) =>
    importsOf(file).flatMap(({ line, specifier }) => {
      const allowed = Object.hasOwn(ONE_FILE, specifier) ? ONE_FILE[specifier] : undefined;
      if (allowed === undefined || allowed.includes(file.path)) return [];
      return [`${file.path}:${line}: imports '${specifier}', which belongs to ${allowed.join(', ')}`];
    }),
  );

const nothingIsDefault: Rule = (files) =>
  files
    .filter((file) => isCode(file) && !/(?:^|\/)(?:vite|vitest)\.config\.ts$/.test(file.path))
    .flatMap((file) =>
      codeLines(file)
        .filter(({ code }) => /^\s*export (?:default\b|\{[^}]*\bas default\b)/.test(code))
        .map(({ line }) => `${file.path}:${line}: a default export has no name to be found by`),
    );

const pathsAreRelative: Rule = (files) => {
  const homes = /(?:^|[\s"'`(=:,])\/(?:home|Users|root)\/[A-Za-z0-9_-]+\/|[A-Z]:\\\\?Users\\/;
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((text, i) =>
        homes.test(text) || text.includes(`${ROOT}/`) ? [`${file.path}:${i + 1}: bears a path of one machine`] : [],
      ),
  );
};

const locksNameNoRegistry: Rule = (files) =>
  files
    .filter((file) => path.posix.basename(file.path) === 'package-lock.json')
    .flatMap((file) =>
      file.text
        .split('\n')
        .flatMap((text, i) =>
          /"resolved":\s*"[a-z+]+:/.test(text) ? [`${file.path}:${i + 1}: names a registry; .npmrc omits them`] : [],
        ),
    );

const RULES: Readonly<Record<string, Rule>> = {
  'the domain imports only itself and reads no clock': domainIsPure,
  'the rule language and the engine are pure': engineIsPure,
  'no code is made of text': nothingIsMadeOfText,
  'services never import each other': servicesNeverMeet,
  'production code needs no test': productionNeedsNoTests,
  'no clock, timer or environment below main.ts and the named edges': timeIsAnArgument,
  'a main.ts is a list of parts': mainIsAList,
  'a package is imported in one file': packagesHaveOneFile,
  'there are no default exports': nothingIsDefault,
  "no file bears a path of a developer's machine": pathsAreRelative,
  'lock files name no registry': locksNameNoRegistry,
};

const tree = readTree();

test.each(Object.entries(RULES))('%s', (_, rule) => {
  expect(rule(tree)).toEqual([]);
});

test('the top level is what the layout says, and nothing else', () => {
  expect(
    topLevel()
      .map(({ name }) => name)
      .filter((name) => !TOP_LEVEL.includes(name)),
  ).toEqual([]);
});

test('every named edge is there and still needs its name', () => {
  for (const [file, reason] of Object.entries(NAMED_EDGES)) {
    const source = tree.find((each) => each.path === file);
    const uses =
      source === undefined ? [] : codeLines(source).filter(({ code }) => CLOCK.test(code) || ENVIRONMENT.test(code));
    expect(uses.length, `${file} is named an edge (${reason}) and is none any more`).toBeGreaterThan(0);
  }
});

test('every package of the list is imported where the list says', () => {
  const unused = Object.entries(ONE_FILE).flatMap(([name, files]) =>
    files.filter((file) => {
      const source = tree.find((each) => each.path === file);
      return source === undefined || !importsOf(source).some(({ specifier }) => specifier === name);
    }),
  );
  expect(unused).toEqual([]);
});

describe('the rules bite', () => {
  test.each<readonly [rule: Rule, file: string, text: string, sentence: string]>([
    [
      domainIsPure,
      'services/lib/domain/x.ts',
      "\nimport fs from 'node:fs';",
      "services/lib/domain/x.ts:2: the domain imports 'node:fs'",
    ],
    [domainIsPure, 'services/lib/domain/x.ts', "import { z } from 'zod';", ':1: the domain imports'],
    [domainIsPure, 'services/lib/domain/x.ts', "import type { Log } from '#runtime/log.ts';", ':1: the domain imports'],
    [domainIsPure, 'services/lib/domain/x.ts', 'const at = Date.now();', ':1: the domain has no clock'],
    [domainIsPure, 'services/lib/domain/x.ts', 'const at = new Date();', ':1: the domain has no clock'],
    [domainIsPure, 'services/lib/domain/x.ts', 'const n = Math.random();', ':1: the domain has no clock'],
    [
      engineIsPure,
      'services/lib/rules/engine/x.ts',
      "import { readFileSync } from 'node:fs';",
      "services/lib/rules/engine/x.ts:1: the engine imports 'node:fs'",
    ],
    [
      engineIsPure,
      'services/lib/rules/language/x.ts',
      "import { a } from '../backtest/y.ts';",
      ':1: the engine imports',
    ],
    [nothingIsMadeOfText, 'services/rules/x.ts', "const f = new Function('return 1');", ':1: code is made of text'],
    [
      servicesNeverMeet,
      'services/rules/engine/x.ts',
      "import {\n  Ingest,\n} from '../../ingest/ingest.ts';",
      "services/rules/engine/x.ts:3: rules imports '../../ingest/ingest.ts' of ingest",
    ],
    [servicesNeverMeet, 'services/rules/x.ts', "export type { A } from '../writer/config.ts';", ':1: rules imports'],
    [servicesNeverMeet, 'services/rules/x.ts', "const a = await import('../writer/writer.ts');", ':1: rules imports'],
    [servicesNeverMeet, 'services/cli/x.ts', "import { a } from '../writer/writer.ts';", ':1: cli imports'],
    [servicesNeverMeet, 'services/rules/x.test.ts', "import { a } from '../broker/aedes.ts';", ':1: rules imports'],
    [
      servicesNeverMeet,
      'services/lib/runtime/x.ts',
      "import { a } from '../../broker/aedes.ts';",
      ':1: the library imports',
    ],
    [productionNeedsNoTests, 'services/rules/x.ts', "import { a } from '../../test/support/load.ts';", ':1: imports'],
    [
      timeIsAnArgument,
      'services/rules/engine/x.ts',
      '  setTimeout(() => {}, 5);',
      'services/rules/engine/x.ts:1: clocks',
    ],
    [timeIsAnArgument, 'services/rules/x.ts', 'const { env } = process.env;', ':1: clocks'],
    [
      timeIsAnArgument,
      'services/rules/x.ts',
      "import { setTimeout as pause } from 'node:timers/promises';",
      ':1: clocks',
    ],
    [timeIsAnArgument, 'services/rules/x.ts', 'const t = performance.now();', ':1: clocks'],
    [mainIsAList, 'services/rules/main.ts', 'a();\n'.repeat(61), 'services/rules/main.ts:1: has 61 lines'],
    [packagesHaveOneFile, 'services/rules/x.ts', "import { connect } from 'mqtt';", ":1: imports 'mqtt'"],
    [nothingIsDefault, 'services/rules/x.ts', 'export default {};', ':1: a default export'],
    [nothingIsDefault, 'services/rules/x.ts', 'export { a as default };', ':1: a default export'],
    [pathsAreRelative, 'rules/x.json', `{}\n"${ROOT}/rules"`, 'rules/x.json:2: bears a path'],
    [pathsAreRelative, 'README.md', `cd /${'home'}/ann/penstock`, ':1: bears a path'],
    [locksNameNoRegistry, 'package-lock.json', '"resolved": "https://registry.example/a.tgz"', ':1: names a registry'],
  ])('%o: %s', (rule, file, text, sentence) => {
    expect(rule([{ path: file, text }])).toEqual([expect.stringContaining(sentence)]);
  });

  test.each<readonly [rule: Rule, file: string, text: string]>([
    [
      domainIsPure,
      'services/lib/domain/x.ts',
      "import { a } from './y.ts';\nimport { b } from '#domain/z.ts';\n// Date.now()",
    ],
    [domainIsPure, 'services/lib/domain/x.test.ts', "import fc from 'fast-check';"],
    [servicesNeverMeet, 'services/cli/x.ts', "import { a } from '../writer/config.ts';"],
    [
      servicesNeverMeet,
      'services/rules/a/x.ts',
      "import { a } from '../b/y.ts';\nimport { l } from '#runtime/log.ts';",
    ],
    [timeIsAnArgument, 'services/rules/x.ts', 'const t = new Date(at).toISOString(); // never Date.now()'],
    [timeIsAnArgument, 'services/rules/main.ts', 'setTimeout(() => {}, 5);'],
  ])('%o lets through: %s %s', (rule, file, text) => {
    expect(rule([{ path: file, text }])).toEqual([]);
  });

  test('the scan sees the whole repository', () => {
    expect(tree.filter(isProduction).length).toBeGreaterThan(60);
    const main = tree.find((each) => each.path === 'services/ingest/main.ts');
    expect(main === undefined ? [] : importsOf(main).map(({ target }) => target)).toEqual(
      expect.arrayContaining([
        'services/lib/runtime/process.ts',
        'services/ingest/config.ts',
        'services/ingest/open-ingest.ts',
      ]),
    );
  });
});
