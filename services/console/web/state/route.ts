// Which page is shown, and of what: the part of the address behind `#`, so that any link works behind any proxy and can be shared.
//   #/alarms/lyon/tank-farm/tank-temp-high/tank-01?filter=unacked   page / steps ? query

import { signal } from '@preact/signals';

export const PAGES = ['alarms', 'trends', 'devices', 'rules', 'rejects', 'pipeline'] as const;
export type PageName = (typeof PAGES)[number];

export type Route = {
  readonly page: PageName;
  /** What stands behind the page's name, each part decoded. */
  readonly steps: readonly string[];
  readonly query: URLSearchParams;
};

/** A list stands there once for each of its members. */
export type RouteQuery = { readonly [name: string]: string | readonly string[] | undefined };

/** An unknown page is the alarms: what an operator needs is never a page away. */
export function parseRoute(hash: string): Route {
  const [steps = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [name, ...rest] = steps.split('/').filter((step) => step !== '');
  const page = PAGES.find((each) => each === name);
  if (page === undefined) return { page: 'alarms', steps: [], query: new URLSearchParams() };
  return { page, steps: rest.map(decoded), query: new URLSearchParams(query) };
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step; // a lone %: somebody typed it
  }
}

/** The address of a page, for links. */
export function hrefOf(page: PageName, steps: readonly string[] = [], query: RouteQuery = {}): string {
  const given = Object.entries(query).flatMap(([name, value = []]) => [value].flat().map((each) => [name, each]));
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  return `#/${[page, ...steps.map(encodeURIComponent)].join('/')}${search}`;
}

export const route = signal<Route>(parseRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

/** Goes there, with a step back to here. At once: who presses the next key must not mean the place before. */
export function goTo(href: string): void {
  location.hash = href;
  route.value = parseRoute(location.hash);
}

/** The same page with another query, without a step back for each: what is typed into a filter is no journey. */
export function replaceQuery(query: RouteQuery): void {
  const { page, steps } = route.value;
  const href = hrefOf(page, steps, query);
  if (href === location.hash) return;
  history.replaceState(null, '', href);
  route.value = parseRoute(href);
}
