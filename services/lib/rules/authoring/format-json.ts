// JSON in the one form that the house writes: two spaces, an object on one line where its author had it so and it fits, an
// array wherever it fits, keys in the order that is asked for, comments kept with what they stand at. Formatting twice is
// formatting once, and never changes what is meant. Agrees with the formatter of the code (biome) on the same files.

import { type Container, type Layout, layOut, type Member } from './json-layout.ts';

const WIDTH = 120;
const INDENT = '  ';

/** In which order the members of an object are written, and those of what stands inside it. */
export type KeyOrder = {
  readonly sort: (members: readonly Member[]) => readonly Member[];
  readonly inside: (member: Member) => KeyOrder;
};

export const AS_WRITTEN: KeyOrder = { sort: (members) => members, inside: () => AS_WRITTEN };

/** `text` must be valid JSON; comments and trailing commas are allowed. */
export function formatJson(text: string, order: KeyOrder = AS_WRITTEN): string {
  const { root, dangling } = layOut(text.replaceAll(/\r\n?/g, '\n'));
  const { value } = root;
  // A file is a list of its fields even where all of them would fit into one line.
  const opened = value.kind === 'object' && value.members.length > 0 ? { ...value, isBroken: true } : value;
  const whole = withComments({ ...root, value: opened }, print(opened, { indent: '', lead: 0 }, order), '');
  return `${[...whole, ...dangling].join('\n')}\n`;
}

/** `lead`: columns that the line holds already, and those of the comma behind it. */
type Place = { readonly indent: string; readonly lead: number };

/** The text of a value, without its comments; lines after the first are indented. */
function print(value: Layout, place: Place, order: KeyOrder): string {
  if (value.kind === 'scalar') return value.text;
  const [open, close] = value.kind === 'array' ? '[]' : '{}';
  if (value.members.length === 0 && value.dangling.length === 0) return `${open}${close}`;
  const members = value.kind === 'object' ? order.sort(value.members) : value.members;
  const ordered = { ...value, members };
  if (!mustBreak(ordered)) {
    const flat = flatText(ordered, order);
    if (place.lead + [...flat].length <= WIDTH) return flat;
  }
  const indent = `${place.indent}${INDENT}`;
  const lines = members.flatMap((member, i) => {
    const comma = i === members.length - 1 ? '' : ',';
    const key = member.key === undefined ? '' : `${member.key}: `;
    const lead = indent.length + [...key].length + comma.length;
    const text = `${key}${print(member.value, { indent, lead }, order.inside(member))}${comma}`;
    return [...(member.hasBlankBefore && i > 0 ? [''] : []), ...withComments(member, text, indent)];
  });
  const rest = value.dangling.map((comment) => `${indent}${comment}`);
  return [open, ...lines, ...rest, `${place.indent}${close}`].join('\n');
}

function withComments({ before, after }: Member, text: string, indent: string): string[] {
  return [...before.map((comment) => `${indent}${comment}`), [`${indent}${text}`, ...after].join(' ')];
}

function flatText(value: Layout, order: KeyOrder): string {
  if (value.kind === 'scalar') return value.text;
  if (value.members.length === 0) return value.kind === 'array' ? '[]' : '{}';
  const members = value.kind === 'object' ? order.sort(value.members) : value.members;
  const texts = members.map((member) => {
    const text = flatText(member.value, order.inside(member));
    return member.key === undefined ? text : `${member.key}: ${text}`;
  });
  return value.kind === 'array' ? `[${texts.join(', ')}]` : `{ ${texts.join(', ')} }`;
}

function mustBreak(value: Container): boolean {
  if (value.kind === 'object' && value.isBroken && value.members.length > 0) return true;
  return (
    value.dangling.length > 0 ||
    value.members.some(
      ({ before, after, value: inner }) =>
        before.length > 0 || after.length > 0 || (inner.kind !== 'scalar' && mustBreak(inner)),
    )
  );
}
