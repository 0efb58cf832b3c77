import type { DeviceName } from '#domain/topic.ts';

/** Of the API, below the page's own address. */
export function devicePath({ site, area, device }: DeviceName, rest = ''): string {
  return `api/devices/${[site, area, device].map(encodeURIComponent).join('/')}${rest}`;
}
