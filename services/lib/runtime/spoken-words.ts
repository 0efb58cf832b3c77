// What other languages and people call what we call otherwise. Too far from our words for a distance of letters to see it, and
// near to wrong ones: `mean` is one letter from nothing and two from `min`.

/** Lower case to the words that may be meant, the likeliest first. */
export const SPOKEN_WORDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ...{ '=': ['=='], '===': ['=='], eq: ['=='], equals: ['=='], is: ['=='] },
    ...{ '!==': ['!='], '<>': ['!='], ne: ['!='], '=>': ['>='], '=<': ['<='], '≥': ['>='], '≤': ['<='], '≠': ['!='] },
    ...{ gt: ['>'], gte: ['>='], ge: ['>='], lt: ['<'], lte: ['<='], le: ['<='] },
    ...{ '&&': ['and'], '&': ['and'], all: ['and'], '||': ['or'], '|': ['or'], any: ['or'], not: ['!'], '!!': ['!'] },
    ...{ mean: ['avg'], average: ['avg'], total: ['sum'], maximum: ['max'], minimum: ['min'], number: ['count'] },
    ...{ std: ['stddev'], stdev: ['stddev'], sd: ['stddev'], trend: ['slope'], derivative: ['slope', 'rate'] },
    ...{ difference: ['delta'], diff: ['delta'], latest: ['last'], current: ['last'], newest: ['last'] },
    ...{ input: ['var'], value: ['var'], range: ['between'], duration: ['for'], hold: ['for'] },
    ...{ urgent: ['critical', 'high'], warning: ['medium', 'low'], info: ['low'], major: ['high'], minor: ['low'] },
    ...{ severity: ['priority'], threshold: ['limit'], hysteresis: ['deadband'], delay: ['onDelay'] },
  }),
);
