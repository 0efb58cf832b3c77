// Why an alarm is as it is at a moment, or why it is not: what `penstock rules explain` prints.

import { lookbackMs } from '#rules/backtest/lookback.ts';
import { readRuleSet } from '#rules/backtest/rule-set.ts';
import { storeSource } from '#rules/backtest/store-source.ts';
import { wantedSeries } from '#rules/backtest/wanted-series.ts';
import { explainHistory } from '#rules/explain/explain-history.ts';
import { explainedText, noSuchAlarm } from '#rules/explain/explained-alarm.ts';
import { namedAlarm, rulesBehind } from '#rules/explain/named-alarm.ts';
import { readPlantFiles } from '#runtime/plant-files.ts';
import type { ExplainView } from '../../api/rules.ts';
import { JobRefused } from '../job.ts';
import type { JobContext } from './job-context.ts';

type Wish = { readonly alarm: string; readonly at: number; readonly now: number };

export async function explainJob({ alarm, at, now }: Wish, context: JobContext): Promise<ExplainView> {
  const { rulesDir, memory, client, database, sleep, signal } = context;
  const set = readRuleSet([rulesDir]);
  const all = set.files.map(({ rule }) => rule);
  const named = namedAlarm(alarm, all);
  if (typeof named === 'string') throw new JobRefused({ status: 404, detail: sentence(named) });
  const { models, devices } = readPlantFiles(rulesDir);
  const rules = rulesBehind(named.rule, all);
  const startedAt = at - lookbackMs(rules);
  const wanted = wantedSeries(rules, devices.values());
  const range = { from: startedAt, to: at + 1 };
  const source = memory.source({
    ...{ wanted, range, now },
    open: (part, table) => storeSource({ client, database, wanted, range: part, table, sleep, signal }),
  });
  const plant = { models, devices, states: [] };
  const found = await explainHistory({ rules, key: named.key, at, startedAt, source, plant, isPlantWhole: true });
  const file = set.files.find(({ rule }) => rule === named.rule);
  const shown = file && { ...file, file: file.file.slice(rulesDir.length + 1) };
  const moment = { key: named.key, startedAt, at, file: shown };
  if (found.explanation === undefined)
    throw new JobRefused({ status: 404, detail: sentence(noSuchAlarm(found, moment)) });
  return { at, text: explainedText(found.explanation, moment) };
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}
