// Which words of a command line are settings, with their values, and which are operands. Every setting takes one value.

export function splitWords(words: readonly string[]): { readonly settings: string[]; readonly operands: string[] } {
  const settings: string[] = [];
  const operands: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('--')) {
      operands.push(word);
      continue;
    }
    settings.push(word);
    const value = words[i + 1];
    if (word.includes('=') || value === undefined || value.startsWith('--')) continue;
    settings.push(value);
    i++;
  }
  return { settings, operands };
}
