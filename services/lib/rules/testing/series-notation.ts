// Values of a rule test's series, in promtool's notation: `81x4` is five samples of 81 (the value, then four more),
// `41+1x20` climbs by 1, `_x8` is eight missing samples. Added: `null` (a sample without a value), booleans, words.

export type Sample = number | boolean | string | null | 'missing';

const STEPS = /^(-?\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)x(\d+)$/;
const REPEAT = /^(.+)x(\d+)$/;
/** A test describes minutes, not years; a typo must not fill the memory. */
const SAMPLES_MAX = 100_000;

/** One entry per interval; `missing` where nothing arrives. A sentence where the notation is wrong. */
export function parseSeries(text: string): Sample[] | string {
  const samples: Sample[] = [];
  for (const item of text.trim().split(/\s+/)) {
    const steps = STEPS.exec(item);
    const repeat = steps === null ? REPEAT.exec(item) : null;
    const count = Number(steps?.[3] ?? repeat?.[2] ?? 0);
    if (samples.length + count >= SAMPLES_MAX) return `the series has more than ${SAMPLES_MAX} samples`;
    if (steps !== null) {
      const decimals = Math.max(...[steps[1], steps[2]].map((each) => (each?.split('.')[1] ?? '').length));
      for (let i = 0; i <= count; i++)
        samples.push(Number((Number(steps[1]) + i * Number(steps[2])).toFixed(decimals)));
    } else if (item === '_' || repeat?.[1] === '_') {
      for (let i = 0; i < Math.max(1, count); i++) samples.push('missing');
    } else {
      const sample = parseSample(repeat?.[1] ?? item);
      if (sample === undefined) return `'${item}' is no sample: write 81, 81x4, 41+1x20, _, _x8, true, null or a word`;
      for (let i = 0; i <= count; i++) samples.push(sample);
    }
  }
  return samples;
}

function parseSample(text: string): Sample | undefined {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return /^[A-Za-z][A-Za-z0-9._-]*$/.test(text) && text !== 'missing' ? text : undefined;
}
