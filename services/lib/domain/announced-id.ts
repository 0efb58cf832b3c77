// What a device and its metrics are called where only letters, digits, `_` and `-` may stand, as in the topics of Home
// Assistant's discovery. No two ever get the same: a letter, a digit and `-` stand for themselves, `__` is `/`, and `_` with two
// hex digits is any other character. So `a.b` is `a_2eb`, and `a_b` is `a_5fb`.

import { isName } from './name.ts';

/** What is announced by us begins with it; what others announce is theirs. */
const OURS = 'penstock_';

/** `penstock_lyon__tank-farm__tank-01` of `lyon/tank-farm/tank-01`; of a metric with its name behind it. */
export function announcedId(key: string, metric?: string): string {
  return OURS + plain(metric === undefined ? key : `${key}/${metric}`);
}

/** `site/area/device`; undefined where the id is none that {@link announcedId} makes of a device. */
export function announcedKey(id: string): string | undefined {
  if (!id.startsWith(OURS)) return undefined;
  const key = id
    .slice(OURS.length)
    .replace(/__|_([0-9a-f]{2})/g, (_, hex?: string) =>
      hex === undefined ? '/' : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  const levels = key.split('/');
  return levels.length === 3 && levels.every(isName) && announcedId(key) === id ? key : undefined;
}

/** Names are of ASCII alone, so two digits are enough. */
function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, (c) =>
    c === '/' ? '__' : `_${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
