// What the page holds of the person who is logged in. Whoever has it says how it is forgotten; the session says when.

const forgettings: (() => void)[] = [];

/** Called once by each module that holds something: most of them are loaded late, and the session knows none of them. */
export function forgetWithPerson(forget: () => void): void {
  forgettings.push(forget);
}

export function forgetPerson(): void {
  for (const forget of forgettings) forget();
}
