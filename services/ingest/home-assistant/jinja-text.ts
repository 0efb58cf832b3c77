// A text as a literal in a template of Home Assistant, which is Jinja: whatever stands in the text, it ends neither the literal
// nor the template. Jinja reads literals as Python does, so everything but the plainest characters is written by its number.

const PLAIN = /[A-Za-z0-9 ._/-]/;

export function jinjaText(text: string): string {
  return `"${Array.from(text, (c) => (PLAIN.test(c) ? c : numbered(c.codePointAt(0) ?? 0))).join('')}"`;
}

function numbered(code: number): string {
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
