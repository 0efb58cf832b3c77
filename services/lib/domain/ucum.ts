// Whether a text is a unit of UCUM at all, convertible here or not: what is none is certain to be a slip of the pen. Looks at
// the form and at the atoms that plants use; deliberately no arithmetic, which units.ts has of the codes that it converts.

const METRIC =
  'm|s|g|L|l|mol|A|V|W|J|N|Pa|Hz|K|Cel|bar|t|rad|sr|C|F|Ohm|S|Wb|T|H|lm|lx|cd|Bq|Gy|Sv|eV|u|kat|cal|B|Np|eq|G|P|St|Gal|ar|osm|U';
const PLAIN = "min|h|d|wk|mo|a|deg|'|''|%|atm|gon|circ|sph|har";
const PREFIX = 'da|[YZEPTGMkhdcmunpfazy]';
/** Customary and arbitrary units stand in brackets, some behind a letter: `[psi]`, `m[H2O]`. */
const BRACKETED = String.raw`[A-Za-z]{0,2}\[[^\[\]{}\s]+\](?:_[a-z]+)?`;
const SIMPLE = `(?:${BRACKETED}|${PLAIN}|(?:${PREFIX})?(?:${METRIC})|10\\*|10\\^|\\d+)`;
/** With an exponent, and a note in braces, which may also stand alone: `m3`, `{count}`. */
const COMPONENT = String.raw`(?:${SIMPLE}(?:[+-]?\d+)?(?:\{[^{}]*\})?|\{[^{}]*\})`;
const TERM = new RegExp(`^/?${COMPONENT}(?:[./]${COMPONENT})*$`);

/** Far above any unit. */
const LENGTH_MAX = 64;

export function isUcum(code: string): boolean {
  // Brackets that group are rare and are taken for well.
  return code.length <= LENGTH_MAX && TERM.test(code.replace(/[()]/g, ''));
}
