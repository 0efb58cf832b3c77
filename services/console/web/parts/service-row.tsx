import type { ServiceStatus } from '#domain/service.ts';
import { now } from '../state/clock.ts';
import { link, plant, services } from '../state/live.ts';
import { SERVICE_WORDS, texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';
import { shownStatus } from './shown-status.ts';

export function ServiceRow() {
  const list = [...services.value.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return (
    <footer>
      <h2>{texts.services.heading}</h2>
      {list.length === 0 && <p class="empty">{texts.services.empty}</p>}
      <ul class="services">
        {list.map((status) => (
          <Service key={nameOf(status)} status={status} />
        ))}
      </ul>
    </footer>
  );
}

function nameOf({ service, id }: ServiceStatus): string {
  return service === id ? service : `${service} ${id}`;
}

function Service({ status }: { readonly status: ServiceStatus }) {
  const shown = shownStatus(status, { link: link.value, broker: plant.value.broker });
  const age = texts.services.since(formatAge(now.value - status.since));
  return (
    <li class="service" data-testid="service-row" data-service={status.service} data-status={shown}>
      <span class="lamp" aria-hidden="true" />
      <bdi>{nameOf(status)}</bdi> <b>{SERVICE_WORDS[shown]}</b>
      {shown !== 'unknown' && <span class="hint"> {age}</span>}
      {shown !== 'unknown' && status.detail !== undefined && <bdi class="detail">{status.detail}</bdi>}
    </li>
  );
}
