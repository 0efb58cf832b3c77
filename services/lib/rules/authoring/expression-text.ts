// An expression as it was written, in the notation of school instead of JSON-Logic's: `temp > 80 and not (mode == 'manual')`.
// For people who compare two revisions; the values of a moment are told by the compiled expression's own `describe`.

const INFIX = new Set(['>', '>=', '<', '<=', '==', '!=', '+', '-', '*', '/', 'and', 'or']);

/** What stands in parentheses inside another operation. */
const COMPOUND = new Set(['and', 'or', '+', '-', '*', '/', 'if']);

export function expressionText(raw: unknown): string {
  const operation = operationOf(raw);
  if (operation === undefined) return constantText(raw);
  const [name, operands] = operation;
  const texts = operands.map(operandText);
  if (INFIX.has(name) && operands.length > 1) return texts.join(` ${name} `);
  switch (name) {
    case 'var':
    case 'param':
      return String(operands[0]);
    case '!':
      return `not (${expressionText(operands[0])})`;
    case 'if':
      return `if ${texts[0]} then ${texts[1]} else ${texts[2]}`;
    case 'between':
      return `${texts[0]} between ${texts[1]} and ${texts[2]}`;
    case 'in':
      return `${texts[0]} in ${constantText(operands[1])}`;
    case 'for':
      return `${texts[0]} for ${String(operands[1])}`;
    case 'atLeast':
      return `at least ${String(operands[0])} of (${listOf(operands[1]).map(expressionText).join(', ')})`;
    case 'age':
    case 'online':
    case 'state':
    case 'alarm':
      return `${name}(${operands.map(String).join(', ')})`;
    default:
      return `${name}(${operands.map(expressionText).join(', ')})`;
  }
}

function operandText(raw: unknown): string {
  const [name, operands = []] = operationOf(raw) ?? [];
  const text = expressionText(raw);
  return name !== undefined && COMPOUND.has(name) && operands.length > 1 ? `(${text})` : text;
}

/** The operator and its operands; undefined where it is a constant. */
export function operationOf(raw: unknown): readonly [name: string, operands: readonly unknown[]] | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined;
  const [entry] = Object.entries(raw);
  return entry === undefined ? undefined : [entry[0], listOf(entry[1])];
}

function listOf(raw: unknown): readonly unknown[] {
  return Array.isArray(raw) ? raw : [raw];
}

function constantText(raw: unknown): string {
  if (typeof raw === 'string') return `'${raw}'`;
  return Array.isArray(raw) ? `[${raw.map(constantText).join(', ')}]` : (JSON.stringify(raw) ?? 'nothing');
}
