// What a verification finds, and how its parts tell it.

/** `place` is a file of the folder, and what in it. */
export type Finding = { readonly place: string; readonly what: string };

/** `place` begins with the path of a file. */
export type Tell = (place: string, what: string) => void;

/** Undefined where it failed, which `onFailure` is told in words. */
export function attempt<T>(run: () => T, onFailure: (why: string) => void): T | undefined {
  try {
    return run();
  } catch (error) {
    onFailure((error as Error).message);
    return undefined;
  }
}
