// A URL may bear a login of its own; its password is as secret as the password setting, and is never printed.

export const MASK = '********';

export function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.password === '') return url;
  parsed.password = MASK;
  return parsed.href;
}
