// Texts of people and devices made harmless for one line of a message: no control characters (line ends, escape sequences),
// none that reverse or hide what is read, no half characters, a known length. What a service reads as markup is the
// channel's own to avoid.

/** One line of at most so many characters; what is cut ends in an ellipsis. */
export function plainText(text: string, lengthMax: number): string {
  const line = text
    .slice(0, lengthMax * 8) // a megabyte of it is not worth looking at
    .toWellFormed()
    .replace(/[\p{C}\p{Z}\s]+/gu, ' ') // also bidirectional overrides, zero-width characters and tags
    .trim();
  const characters = [...line];
  return characters.length <= lengthMax
    ? line
    : `${characters
        .slice(0, lengthMax - 1)
        .join('')
        .trimEnd()}…`;
}

/** The longest beginning of whole lines that stays within so many bytes of UTF-8. */
export function cutLines(lines: readonly string[], bytesMax: number): readonly string[] {
  let bytes = 0;
  const end = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes > bytesMax;
  });
  return end === -1 ? lines : lines.slice(0, end);
}
