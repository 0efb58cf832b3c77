// How lists are searched and put in order by name.

/** Whether a text holds every word of a search. */
export function finder(search: string): (text: string) => boolean {
  const words = search.toLowerCase().split(/\s+/);
  return (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}

const collator = new Intl.Collator('en', { numeric: true });

/** tank-2 before tank-10. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
