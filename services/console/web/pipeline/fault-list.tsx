// Every fault in words, with what it means and what to do, and a way to where that is done.

import { PIPELINE } from '#domain/service.ts';
import { now } from '../state/clock.ts';
import { hrefOf } from '../state/route.ts';
import { texts } from '../texts.ts';
import { formatAge } from '../values/format.ts';
import { type Fault, type Way, wayOf } from './faults.ts';
import { numberText } from './number-text.ts';

const HREFS: { readonly [way in Way]: string } = {
  rejects: hrefOf('rejects'),
  'pipeline-alarms': hrefOf('alarms', [], { site: PIPELINE.site, area: PIPELINE.area }),
};

export function FaultList({ faults }: { readonly faults: readonly Fault[] }) {
  const { heading, none, known } = texts.pipeline.faults;
  return (
    <section class="panel faults" aria-labelledby="faults-heading">
      <div class="panel-head">
        <h2 id="faults-heading">{heading}</h2>
        <span class="hint">{known}</span>
      </div>
      {/* Told when it changes, without taking the reader away from where he is. */}
      <ul aria-live="polite" data-testid="pipeline-faults" data-count={faults.length}>
        {faults.length === 0 && <li class="calm">{none}</li>}
        {faults.map((fault) => (
          <Item key={keyOf(fault)} fault={fault} />
        ))}
      </ul>
    </section>
  );
}

function keyOf(fault: Fault): string {
  switch (fault.is) {
    case 'not-up':
      return `not-up ${fault.line.device}`;
    case 'problem':
      return `problem ${fault.device} ${fault.text}`;
    case 'silent':
      return `silent ${fault.device}`;
    case 'number':
      return `number ${fault.id}`;
    default:
      return fault.is;
  }
}

function Item({ fault }: { readonly fault: Fault }) {
  const way = wayOf(fault);
  const { what, help } = wordsOf(fault);
  return (
    <li class="fault" data-testid="pipeline-fault" data-fault={keyOf(fault)}>
      <span class="fault-mark" aria-hidden="true">
        ✕
      </span>
      <div>
        <p class="fault-what" dir="auto">
          {what}
        </p>
        {help !== '' && <p>{help}</p>}
        {way !== null && <a href={HREFS[way]}>{texts.pipeline.faults.ways[way]}</a>}
      </div>
    </li>
  );
}

type Words = { readonly what: string; readonly help: string };

function wordsOf(fault: Fault): Words {
  const words = texts.pipeline.faults;
  switch (fault.is) {
    case 'broker-lost':
      return words.brokerLost(fault.why);
    case 'not-up': {
      const { status, device } = fault.line;
      const what = words.notUp(device, status.status === 'down', status.detail ?? '');
      return { what, help: words.without(status.service) };
    }
    case 'problem':
      return { what: words.problem(fault.device, fault.text), help: '' };
    case 'silent':
      // Whole tens: it is read out when it changes.
      return words.silent(fault.device, formatAge(Math.floor((now.value - fault.since) / 10_000) * 10_000));
    case 'number':
      return words.numbers[fault.id](numberText(fault.id, fault.value));
    case 'alarms':
      return { what: words.alarms(fault.count), help: '' };
    case 'all-silent':
      return words.allSilent;
    case 'never-told':
      return words.neverTold;
  }
}
