// All settings of all services at once: the command line starts, shows and checks them together.

import { type Config, configFile, type LoadedConfig, loadConfig } from '#runtime/config.ts';
import { brokerSection, rootSection, storeSection } from '#runtime/sections.ts';
import { EXIT } from '#runtime/start-error.ts';
import { consoleSection } from '../console/config.ts';
import { historianSection } from '../historian/config.ts';
import { ingestSection } from '../ingest/config.ts';
import { rulesSection } from '../rules/config.ts';
import { watchdogSection } from '../watchdog/config.ts';
import { writerSection } from '../writer/config.ts';
import type { Cli } from './cli.ts';

const SECTIONS = {
  root: rootSection,
  broker: brokerSection,
  store: storeSection,
  ingest: ingestSection,
  rules: rulesSection,
  writer: writerSection,
  historian: historianSection,
  console: consoleSection,
  watchdog: watchdogSection,
} as const;

export type AllSettings = Config<typeof SECTIONS>;
export type LoadedSettings = Extract<LoadedConfig<typeof SECTIONS>, { ok: true }>;

/** The settings, or the exit code after everything wrong with them was printed. */
export function readSettings(words: readonly string[], cli: Cli): LoadedSettings | number {
  const loaded = loadConfig(SECTIONS, { argv: words, env: cli.env, file: configFile(words, cli.env) });
  if (loaded.ok) return loaded;
  cli.err(loaded.problems.map((problem) => `${cli.paint('red', 'error')} ${problem}\n`).join(''));
  return EXIT.config;
}
