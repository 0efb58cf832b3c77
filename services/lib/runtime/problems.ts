// What is wrong with this process that needs a person, in the words of whoever notices. It goes out with the service's status
// (own-status.ts), and rules makes an alarm of it. Beside Health: that says whether the service can do its work just now.

import { PRIORITIES, type Priority } from '#domain/alarm.ts';
import { isProblemId, PROBLEMS_MAX, type Problem, plainText } from '#domain/service.ts';

/** Asked about every second, so it only says what is known already. undefined: not looked at yet. */
export type ProblemCheck = () => readonly Problem[] | undefined;

const rank = ({ priority = 'medium' }: Problem) => PRIORITIES.indexOf(priority);

export class Problems {
  readonly #checks: ProblemCheck[] = [];

  /** For one who has any number of problems, each with an id that no other check uses. */
  add(check: ProblemCheck): void {
    this.#checks.push(check);
  }

  /** For one problem, which the check gives in words while it lasts. @throws where the id could not be part of an alarm's name */
  addOne(id: string, priority: Priority, check: () => string | undefined): void {
    if (!isProblemId(id)) throw new Error(`'${id}' can be no problem's id: small letters, digits and inner hyphens`);
    this.add(() => {
      const text = check();
      return text === undefined ? [] : [{ id, text, priority }];
    });
  }

  /**
   * All there are, the most urgent first; past the bound the least urgent are counted in one that stands for them. undefined
   * while a check has not looked yet: nobody may take that for being well.
   */
  list(): Problem[] | undefined {
    const byId = new Map<string, Problem>();
    for (const check of this.#checks) {
      const found = check();
      if (found === undefined) return undefined;
      for (const { id, text, ...rest } of found) byId.set(id, { id, text: plainText(text), ...rest });
    }
    const all = [...byId.values()].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
    if (all.length <= PROBLEMS_MAX) return all;
    const told = all.slice(0, PROBLEMS_MAX - 1);
    const text = `there are ${all.length - told.length} more problems than a status can say; /readyz and the log may say more`;
    return [...told, { id: 'more-problems', text }];
  }
}
