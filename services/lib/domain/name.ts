// The names that become topic levels, tags and paths. Anything outside these patterns is refused at the border,
// so that a device id can inject neither a topic level, a wildcard, a tag nor a path.

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A metric may also hold `/` and spaces inside, as Sparkplug's do; it never becomes a topic level or a path. */
const METRIC = /^[A-Za-z0-9_](?:[A-Za-z0-9._/ -]{0,126}[A-Za-z0-9._-])?$/;

/** Whether the text can be a site, an area, a device, a rule id or an instance. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

export function isMetricName(text: string): boolean {
  return METRIC.test(text);
}

export const NAME_HINT = 'a letter or digit, then up to 63 letters, digits, dots, underscores or hyphens';
export const METRIC_HINT = 'up to 128 letters, digits, dots, underscores, hyphens, slashes or inner spaces';
