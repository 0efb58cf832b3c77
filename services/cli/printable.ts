// Text from elsewhere as a terminal may be shown it. Control characters would move its cursor, recolour or retitle it, or
// forge a line of ours; marks of writing direction would turn a line round.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being shown harmlessly
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** `\x1b`, `\u202e`: each such character as its escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** Valid JSON without them, saying the same: its strings bear none below a space raw, so those stand between tokens. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => {
    return character < ' ' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
