// What passes of one device, as it passes: each message as it came, beside what became of it.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type DeviceName, deviceKey } from '#domain/topic.ts';
import { download } from '../parts/download.ts';
import { SearchField } from '../parts/search-field.tsx';
import { texts } from '../texts.ts';
import { TailGroupRow } from './tail-group.tsx';
import { type KeptLine, type TailOrder, tailFile, tailGroups } from './tail-lines.ts';
import { makeTailStream, type TailStream } from './tail-stream.ts';

const ORDERS: readonly TailOrder[] = ['newest', 'oldest'];

export function TailPanel({ name }: { readonly name: DeviceName }) {
  const stream = useMemo(() => makeTailStream(name), []);
  const search = useSignal('');
  const order = useSignal<TailOrder>('newest');
  useEffect(() => {
    stream.open(); // whoever comes here wants to see it
    return () => stream.close();
  }, []);
  const { lines } = stream.paused.value ?? stream.kept.value;
  const { heading, filter, filterHint, where, orders } = texts.devices.tail;
  return (
    <section class="panel tail" aria-labelledby="tail-heading" data-testid="tail" data-state={stream.state.value}>
      <div class="panel-head">
        <h3 id="tail-heading">{heading}</h3>
        <SearchField label={filter} hint={filterHint} search={search} testId="tail-search" />
        <label class="inline">
          {texts.devices.tail.order}{' '}
          <select
            value={order.value}
            data-testid="tail-order"
            onChange={(event) => {
              order.value = event.currentTarget.value as TailOrder;
            }}
          >
            {ORDERS.map((each) => (
              <option key={each} value={each}>
                {orders[each]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Buttons stream={stream} lines={lines} fileName={`${deviceKey(name).replaceAll('/', '_')}.ndjson`} />
      <Standing stream={stream} />
      <p class="hint">{where(deviceKey(name))}</p>
      <Lines lines={lines} search={search.value} order={order.value} />
    </section>
  );
}

type ButtonsProps = {
  readonly stream: TailStream;
  readonly lines: readonly KeptLine[];
  readonly fileName: `${string}.ndjson`;
};

function Buttons({ stream, lines, fileName }: ButtonsProps) {
  const { watch, stop, pause, resume, clear, save } = texts.devices.tail;
  const isIdle = stream.state.value === 'idle';
  return (
    <div class="tail-buttons">
      <button type="button" data-testid="tail-watch" onClick={isIdle ? stream.open : stream.close}>
        {isIdle ? watch : stop}
      </button>
      <button type="button" class="quiet" disabled={isIdle} data-testid="tail-pause" onClick={stream.pause}>
        {stream.paused.value === null ? pause : resume}
      </button>
      <button type="button" class="quiet" data-testid="tail-clear" onClick={stream.clear}>
        {clear}
      </button>
      <button
        type="button"
        class="quiet"
        disabled={lines.length === 0}
        data-testid="tail-save"
        onClick={() => download(fileName, tailFile(lines))}
      >
        {save}
      </button>
    </div>
  );
}

/** How it stands with watching, and what is not shown. */
function Standing({ stream: { state, kept, paused } }: { readonly stream: TailStream }) {
  const { states, count, dropped, problem, paused: pausedText } = texts.devices.tail;
  const { count: came, dropped: lost, droppedBefore, problem: why } = kept.value;
  const missed = lost + droppedBefore;
  return (
    <>
      <p class="hint" data-testid="tail-standing">
        {states[state.value]} · {count(came)}
        {missed > 0 && (
          <b data-testid="tail-dropped" data-dropped={missed}>
            {' '}
            · {dropped(missed)}
          </b>
        )}
        {paused.value !== null && <b> · {pausedText(came - paused.value.at)}</b>}
      </p>
      <p class="problem" role="alert">
        {why !== null && state.value === 'live' && problem(why)}
      </p>
    </>
  );
}

type LinesProps = { readonly lines: readonly KeptLine[]; readonly search: string; readonly order: TailOrder };

function Lines({ lines, search, order }: LinesProps) {
  const groups = useMemo(() => tailGroups(lines, { search, order }), [lines, search, order]);
  const { raw, became, empty, noMatch } = texts.devices.tail;
  if (groups.length === 0) return <p class="empty">{lines.length === 0 ? empty : noMatch}</p>;
  return (
    <table class="tail-lines">
      <thead>
        <tr>
          <th scope="col">{raw}</th>
          <th scope="col">{became}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <TailGroupRow key={group.id} group={group} />
        ))}
      </tbody>
    </table>
  );
}
