// What a backtest says in numbers, beside those of the saved rule where they are others.

import type { BacktestResult, BacktestView } from '../../../api/rules.ts';
import { texts } from '../../texts.ts';
import { formatAge, formatNumber } from '../../values/format.ts';

type Row = { readonly name: string; readonly word: string; readonly of: (result: BacktestResult) => string };

const { numbers } = texts.rules.trial;
const inAlarmMs = ({ rules }: BacktestResult) => rules.reduce((sum, each) => sum + each.inAlarmMs, 0);
const longestMs = ({ rules }: BacktestResult) => Math.max(0, ...rules.map(({ longest }) => longest?.ms ?? 0));
const time = (ms: number) => (ms === 0 ? numbers.none : formatAge(ms));
const count = (n: number) => (n === 0 ? numbers.none : String(n));

const ROWS: readonly Row[] = [
  {
    name: 'alarms',
    word: numbers.alarms,
    of: ({ rules }) => String(rules.reduce((sum, each) => sum + each.activations, 0)),
  },
  { name: 'calls', word: numbers.calls, of: ({ kpis }) => String(kpis.alarms) },
  { name: 'perHour', word: numbers.perHour, of: ({ kpis }) => formatNumber(kpis.averages?.perHour ?? 0) },
  { name: 'perDay', word: numbers.perDay, of: ({ kpis }) => formatNumber(kpis.averages?.perDay ?? 0) },
  { name: 'inAlarm', word: numbers.inAlarm, of: (result) => time(inAlarmMs(result)) },
  { name: 'longest', word: numbers.longest, of: (result) => time(longestMs(result)) },
  { name: 'mostInTen', word: numbers.mostInTen, of: ({ kpis }) => count(kpis.mostInTenMinutes) },
  { name: 'floods', word: numbers.floods, of: ({ kpis }) => count(kpis.floods.length) },
  { name: 'chattering', word: numbers.chattering, of: ({ kpis }) => count(kpis.chattering.bouts) },
  { name: 'stale', word: numbers.stale, of: ({ kpis }) => count(kpis.stale.alarms) },
  { name: 'commands', word: numbers.commands, of: ({ commands }) => count(commands.total) },
  { name: 'instances', word: numbers.instances, of: ({ rules }) => String(rules[0]?.instances ?? 0) },
];

export function Numbers({ view: { result, saved } }: { readonly view: BacktestView }) {
  return (
    <dl class="numbers" aria-label={numbers.label} data-testid="numbers">
      {ROWS.map(({ name, word, of }) => {
        const [now, before] = [of(result), saved === null ? null : of(saved)];
        return (
          <div key={name} data-number={name}>
            <dt>{word}</dt>
            <dd>
              {now}
              {before !== null && before !== now && <span class="hint"> {numbers.was(before)}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
