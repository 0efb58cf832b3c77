// Timestamps as they are written. The store keeps microseconds; what a client writes more finely is cut to them.

/** Microseconds from a timestamp as written; unknown units are nanoseconds, as in InfluxDB. */
const TO_US: { readonly [precision: string]: (time: bigint) => bigint } = {
  n: (time) => floorDivide(time, 1_000n),
  u: (time) => time,
  us: (time) => time,
  ms: (time) => time * 1_000n,
  s: (time) => time * 1_000_000n,
  m: (time) => time * 60_000_000n,
  h: (time) => time * 3_600_000_000n,
};

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** Undefined for a moment that the store cannot hold (more than 285 years from 1970). */
export function decodeTime(time: bigint, precision: string): number | undefined {
  const us = Number((Object.hasOwn(TO_US, precision) ? TO_US[precision] : TO_US.n)?.(time));
  return Number.isSafeInteger(us) ? us : undefined;
}
