// Rows as columns of text. A heading that begins with `>` stands over numbers, which are set to the right.

export const EMPTY_CELL = '-';

export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const names = headings.map((heading) => heading.replace(/^>/, ''));
  const lines = names.every((name) => name === '') ? rows : [names, ...rows];
  const widths = names.map((_, column) => Math.max(0, ...lines.map((line) => lengthOf(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - lengthOf(cell)));
        return headings[column]?.startsWith('>') ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

function lengthOf(text: string): number {
  return [...text].length;
}
