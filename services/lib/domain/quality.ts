// Quality of a point, as it travels: the field `q` of line protocol and of the device envelope.

/** In order of their number on the wire: good 0, uncertain 1, bad 2. */
export const QUALITIES = ['good', 'uncertain', 'bad'] as const;
export type Quality = (typeof QUALITIES)[number];

/** Quality for a number on the wire; undefined where the number is none of 0, 1, 2. */
export function decodeQuality(code: number): Quality | undefined {
  return QUALITIES[code];
}

export function encodeQuality(quality: Quality): 0 | 1 | 2 {
  return quality === 'good' ? 0 : quality === 'uncertain' ? 1 : 2;
}

/** The lower of two qualities: a check may only make a point worse. */
export function worseQuality(a: Quality, b: Quality): Quality {
  return encodeQuality(a) >= encodeQuality(b) ? a : b;
}
