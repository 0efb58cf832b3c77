// What a client wrote may be a body of megabytes; an error quotes so much of it as a person needs to find the place.

export function shorten(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax)}…`;
}
