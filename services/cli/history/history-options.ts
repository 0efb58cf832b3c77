// The flags by which commands say which part of the past they mean, and where it comes from; read once, every mistake said.

import { parseDuration } from '#domain/duration.ts';
import { isName } from '#domain/name.ts';
import type { Value } from '#domain/point.ts';
import { MOMENT_HINT, parseMoment } from '#rules/backtest/parse-moment.ts';
import type { PlantState } from '#rules/backtest/replay.ts';

export const SOURCE_OPTIONS = [
  ['--file <file>', 'read a recording of line protocol (.gz too, - is standard input) and not the store'],
  ['--hold <duration>', 'how far out of order points of a recording may be (default: 10s)'],
  ['--state <state...>', 'a plant state over the whole time: lyon/tank-farm/mode=auto'],
] as const;

export type SourceOptions = {
  readonly file: string | undefined;
  readonly holdMs: number | undefined;
  readonly states: readonly PlantState[];
};

/** The options, or sentences about what is wrong with them. */
export function readSourceOptions(options: Readonly<Record<string, unknown>>): SourceOptions | string[] {
  const problems: string[] = [];
  const { file, hold } = options;
  const holdMs = typeof hold === 'string' ? parseDuration(hold) : undefined;
  if (hold !== undefined && holdMs === undefined)
    problems.push(`--hold must be a duration such as 10s or 5m, and not '${hold}'`);
  if (hold !== undefined && file === undefined) problems.push('--hold is about a recording; name it by --file');
  const states = (Array.isArray(options.state) ? options.state : []).flatMap((text: string): PlantState[] => {
    const state = parseState(text);
    if (state === undefined) problems.push(`--state must be site/area/name=value, and not '${text}'`);
    return state === undefined ? [] : [state];
  });
  if (problems.length > 0) return problems;
  return { file: typeof file === 'string' ? file : undefined, holdMs, states };
}

/** undefined where the flag is not given; a sentence where it is no moment. */
export function momentOption(flag: string, text: unknown, now: number): number | undefined | string {
  if (typeof text !== 'string') return undefined;
  return parseMoment(text, now) ?? `${flag} must be ${MOMENT_HINT}, and not '${text}'`;
}

function parseState(text: string): PlantState | undefined {
  const [, site = '', area = '', name = '', value = ''] = /^([^/=]+)\/([^/=]+)\/([^/=]+)=(.+)$/s.exec(text) ?? [];
  if (![site, area, name].every(isName)) return undefined;
  return { site, area, name, value: plainValue(value) };
}

/** As on `state/v1/…`: a JSON value or a bare word. */
function plainValue(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}
