// The page as a whole: who may not see it logs in; everybody else sees one screen.

import { AlarmList } from './alarms/alarm-list.tsx';
import { AlarmAnnouncer } from './alarms/announcer.tsx';
import { DeviceTable } from './devices/device-table.tsx';
import { Banner } from './parts/banner.tsx';
import { Header } from './parts/header.tsx';
import { LoginForm } from './parts/login-form.tsx';
import { ServiceRow } from './parts/service-row.tsx';
import { RejectPanel } from './rejects/reject-panel.tsx';
import { session } from './state/session.ts';
import { texts } from './texts.ts';
import { TrendPanel } from './trend/trend-panel.tsx';
import { ValueTable } from './values/value-table.tsx';

export function App() {
  const state = session.value;
  if (state.is === 'unknown') return <p class="loading">{texts.loading}</p>;
  if (state.is === 'out') return <LoginForm why={state.why} />;
  return (
    <>
      <Header user={state.user} role={state.role} />
      <Banner />
      <AlarmAnnouncer />
      <main>
        <div class="column">
          <AlarmList />
          <TrendPanel />
          <RejectPanel />
        </div>
        <div class="column">
          <ValueTable />
        </div>
        <DeviceTable />
      </main>
      <ServiceRow />
    </>
  );
}
