// The page as a whole: who may not see it logs in; everybody else sees one page of it below the strip that is always in sight.

import { useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { AlarmsPage } from './alarms/alarms-page.tsx';
import { AlarmAnnouncer } from './alarms/announcer.tsx';
import { counts } from './alarms/counts.ts';
import { Banner } from './parts/banner.tsx';
import { Header } from './parts/header.tsx';
import { lazyPage } from './parts/lazy-page.tsx';
import { LoginForm } from './parts/login-form.tsx';
import { pageTitle } from './parts/page-title.ts';
import { ServiceRow } from './parts/service-row.tsx';
import { type PageName, route } from './state/route.ts';
import { session } from './state/session.ts';
import { texts } from './texts.ts';

/** Alarms are there at once; the other pages come when somebody goes to them. */
const PAGE_OF: { readonly [page in PageName]: () => VNode } = {
  alarms: AlarmsPage,
  trends: lazyPage(async () => (await import('./trend/trends-page.tsx')).TrendsPage),
  devices: lazyPage(async () => (await import('./devices/devices-page.tsx')).DevicesPage),
  rules: lazyPage(async () => (await import('./rules/rules-page.tsx')).RulesPage),
  rejects: lazyPage(async () => (await import('./rejects/rejects-page.tsx')).RejectsPage),
  pipeline: lazyPage(async () => (await import('./pipeline/pipeline-page.tsx')).PipelinePage),
};

export function App() {
  useSignalEffect(() => {
    document.title = titleNow();
  });
  const state = session.value;
  if (state.is === 'unknown') return <p class="loading">{texts.loading}</p>;
  if (state.is === 'out') return <LoginForm why={state.why} />;
  const Page = PAGE_OF[route.value.page];
  return (
    <>
      <button type="button" class="skip" onClick={skip}>
        {texts.skip}
      </button>
      <Header user={state.user} role={state.role} />
      <Banner />
      <AlarmAnnouncer />
      <main id="main" tabIndex={-1} data-page={route.value.page}>
        <Page />
      </main>
      <ServiceRow />
    </>
  );
}

function titleNow(): string {
  const { is } = session.value;
  if (is === 'unknown') return texts.title;
  if (is === 'out') return texts.titleOf([texts.login.heading], 0);
  const unacked = Object.values(counts.value.byPriority).reduce((sum, each) => sum + each.unacked, 0);
  return pageTitle(route.value, unacked);
}

/** No link: the address behind # is the route's. */
function skip(): void {
  document.getElementById('main')?.focus();
}
