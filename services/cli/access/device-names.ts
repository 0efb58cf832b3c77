// Names of many devices at once: `lyon/tank-farm/tank-##` and how many. As many digits as there are signs.

import { refusal } from './access-command.ts';

/** More are made by a script that has its own list. */
const COUNT_MAX = 10_000;

/** @throws StartError where pattern and number do not fit together */
export function deviceNames(pattern: string, count: unknown): string[] {
  const signs = pattern.match(/#+/g) ?? [];
  if (count === undefined) {
    if (signs.length === 0) return [pattern];
    throw refusal(`'${pattern}' names many devices; --count says how many`);
  }
  const wanted = Number(count);
  if (!Number.isSafeInteger(wanted) || wanted < 1 || wanted > COUNT_MAX)
    throw refusal(`--count is a whole number from 1 to ${COUNT_MAX}, and not '${count}'`);
  const [sign, another] = signs;
  if (sign === undefined || another !== undefined)
    throw refusal(
      `with --count the name holds one place for the number, such as lyon/tank-farm/tank-##, and not '${pattern}'`,
    );
  if (String(wanted).length > sign.length)
    throw refusal(
      `${wanted} devices need ${String(wanted).length} digits: write ${'#'.repeat(String(wanted).length)} in the name`,
    );
  return Array.from({ length: wanted }, (_, i) => pattern.replace(sign, String(i + 1).padStart(sign.length, '0')));
}
