// Reasons of lines that are none. All are counted; the answer tells of the first hundred, each cut to a readable length.

const TOLD_MAX = 100;
const LENGTH_MAX = 1_000;

export class LineProblems {
  count = 0;
  readonly #told: string[] = [];

  add(line: string, reason: string): void {
    this.count++;
    if (this.#told.length >= TOLD_MAX) return;
    const shown = line.length > LENGTH_MAX ? `${line.slice(0, LENGTH_MAX)}…` : line;
    this.#told.push(`unable to parse '${shown}': ${reason.slice(0, LENGTH_MAX)}`);
  }

  text(): string {
    const more = this.count - this.#told.length;
    return this.#told.join('\n') + (more > 0 ? `\nand ${more} more` : '');
  }
}
