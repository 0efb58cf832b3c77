// MQTT filters held against each other, not against one topic: whoever may read `a/b` may not subscribe to `a/#`.

/** Whether every topic that `narrow` matches is matched by `wide` [MQTT-4.7.1, MQTT-4.7.2-1]. False where that is uncertain. */
export function covers(wide: string, narrow: string): boolean {
  const outer = wide.split('/');
  const inner = narrow.split('/');
  if (narrow.startsWith('$') && (outer[0] === '#' || outer[0] === '+')) return false;
  for (const [i, level] of outer.entries()) {
    if (level === '#') return true;
    const wanted = inner[i];
    if (wanted === undefined || wanted === '#') return false;
    if (level !== '+' && level !== wanted) return false;
  }
  return outer.length === inner.length;
}

/** Whether some topic is matched by both. */
export function overlaps(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')];
  const isWild = ([first]: readonly string[]) => first === '#' || first === '+';
  if ((a.startsWith('$') && isWild(right)) || (b.startsWith('$') && isWild(left))) return false;
  for (let i = 0; ; i++) {
    const [l, r] = [left[i], right[i]];
    if (l === '#' || r === '#') return true;
    if (l === undefined || r === undefined) return l === r;
    // 'a/#' is of 'a' too [MQTT-4.7.1-2].
    if (l !== r && l !== '+' && r !== '+') return false;
  }
}

/** What is wrong with a filter [MQTT-4.7.1-2, MQTT-4.7.1-3]; undefined where it is one. */
export function filterProblem(filter: string): string | undefined {
  if (filter === '') return 'a filter has at least one character';
  if (filter.includes('\0')) return 'a filter has no NUL';
  const levels = filter.split('/');
  for (const [i, level] of levels.entries()) {
    if (level === '#' && i < levels.length - 1) return "'#' stands at the end of a filter only";
    if (level.length > 1 && /[+#]/.test(level)) return `'${level}': a wildcard is a level of its own`;
  }
  return undefined;
}
