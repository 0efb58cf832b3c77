// Links from one board to another, and out of them. The SDK would put each into a menu of its own, where nobody looks.

import { type Builder, grafana } from './sdk.ts';

export type Link = { readonly title: string; readonly url: string };

function inPlainSight(builder: grafana.DashboardLinkBuilder): Builder<grafana.DashboardLink> {
  return {
    build: () => {
      const { placement, ...link } = builder.build();
      return link;
    },
  };
}

/** To another board, which opens with the same range and the same choices. */
export function linkToBoard(title: string, uid: string): Builder<grafana.DashboardLink> {
  return inPlainSight(
    new grafana.DashboardLinkBuilder(title)
      .type(grafana.DashboardLinkType.Link)
      .url(`/d/${uid}`)
      .includeVars(true)
      .keepTime(true)
      .asDropdown(false)
      .targetBlank(false),
  );
}

/** From a value. */
export function linkOfValue({ title, url }: Link): Builder<grafana.DashboardLink> {
  return inPlainSight(
    new grafana.DashboardLinkBuilder(title)
      .type(grafana.DashboardLinkType.Link)
      .url(url)
      .targetBlank(!url.startsWith('/d/')),
  );
}
