// Whether a query of a person may go to the store as it is: one statement that reads. Said about the text, not about how a parser
// would cut it into words, so that no quote, comment or regular expression can make the store read it differently than we do: a
// second statement needs a semicolon, and writing with SELECT needs the word INTO, and neither may stand anywhere at all.

/** Longer ones nobody writes. */
export const QUERY_CHARS_MAX = 8_000;

/** What is wrong with it, as a sentence; undefined where it may be asked. */
export function queryProblem(text: string): string | undefined {
  const query = trimmedQuery(text);
  if (query.length > QUERY_CHARS_MAX)
    return `A query has at most ${QUERY_CHARS_MAX} characters; this one has ${query.length}.`;
  if (!/^(?:select|show)[\s"*/(]/i.test(query))
    return 'Only SELECT and SHOW may be asked here, and one of them is what the query begins with.';
  if (query.includes(';'))
    return 'One statement at a time: leave the semicolon out, in texts too (in a pattern . stands for it).';
  // A digit before it does not make it another word, nor does the unit of a duration: 1.0into, 1minto.
  if (/(?:(?<![a-z_])|\d[a-z]*)into\b/i.test(query))
    return 'INTO writes, and nothing may be written here; in a text, say the word by a pattern: =~ /int[o]/.';
  return undefined;
}

/** Without blanks around it, and the semicolons that people end a statement with. */
export function trimmedQuery(text: string): string {
  return text.trim().replace(/[\s;]+$/, '');
}
