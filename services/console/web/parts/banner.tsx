// Says across the whole page when what it shows is not the present, or not everything.

import { link, plant } from '../state/live.ts';
import { logoutProblem } from '../state/session.ts';
import { texts } from '../texts.ts';

export function Banner() {
  const { broker, dropped } = plant.value;
  const missing = (['alarms', 'series', 'devices'] as const)
    .filter((what) => dropped[what] > 0)
    .map((what) => `${dropped[what]} ${texts.droppedParts[what]}`);
  return (
    <div role="alert" class="banners">
      {logoutProblem.value !== null && <p class="banner">{texts.logoutFailed(logoutProblem.value)}</p>}
      {link.value === 'lost' && <p class="banner">{texts.connection.lostBanner}</p>}
      {link.value === 'live' && broker !== null && <p class="banner">{texts.connection.brokerBanner(broker)}</p>}
      {missing.length > 0 && <p class="banner">{texts.dropped(missing.join(', '))}</p>}
    </div>
  );
}
