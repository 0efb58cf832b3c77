/** The text as a regular expression that means just it, between slashes too. */
export function literally(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
}
