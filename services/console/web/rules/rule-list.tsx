import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FindingView, RuleFileRow, RulesView } from '../../api/rules.ts';
import { PriorityCell } from '../alarms/marks.tsx';
import { compareNames, finder } from '../parts/find.ts';
import { SearchField } from '../parts/search-field.tsx';
import { hrefOf } from '../state/route.ts';
import { mayEditRulesNow } from '../state/session.ts';
import { texts } from '../texts.ts';
import { FindingCount, FindingList } from './finding-list.tsx';
import { shownOf } from './job.ts';
import { ModeMark } from './mode-mark.tsx';
import { REFRESH_MS, readRules, rulesView } from './rules-view.ts';

export function RuleList() {
  const search = useSignal('');
  useEffect(() => {
    void readRules();
    const timer = setInterval(() => void readRules(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const job = rulesView.value;
  const view = shownOf(job);
  const { heading, filter, filterHint, newRule, failed, unheard } = texts.rules;
  return (
    <section class="panel rule-list" aria-labelledby="rules-heading">
      <div class="panel-head">
        <h2 id="rules-heading">{heading}</h2>
        <SearchField label={filter} hint={filterHint} search={search} testId="rule-search" />
        {mayEditRulesNow() && (
          <a class="button" href={hrefOf('rules', ['new'])} data-testid="new-rule">
            {newRule}
          </a>
        )}
      </div>
      <p class="problem" role="alert">
        {job.is === 'failed' && failed(job.why)}
      </p>
      {view === null && job.is !== 'failed' && <p class="loading">{texts.loading}</p>}
      {view !== null && view.toldAt === null && <p class="hint">{unheard}</p>}
      {view !== null && <Table view={view} search={search.value} />}
      {view !== null && <Beside findings={view.findings} />}
    </section>
  );
}

function Table({ view, search }: { readonly view: RulesView; readonly search: string }) {
  const { columns, empty, noMatch, more } = texts.rules;
  const isFound = finder(search);
  const rows = view.files
    .filter(({ file, name, id }) => isFound(`${file} ${name ?? ''} ${id ?? ''}`))
    .toSorted((a, b) => compareNames(a.file, b.file));
  if (rows.length === 0)
    return (
      <p class="empty" data-testid="rules-empty">
        {view.files.length === 0 ? empty : noMatch}
      </p>
    );
  return (
    <>
      <table class="rules">
        <thead>
          <tr>
            {Object.entries(columns).map(([name, word]) => (
              <th key={name} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.file} row={row} />
          ))}
        </tbody>
      </table>
      {view.more > 0 && <p class="hint">{more(view.more)}</p>}
    </>
  );
}

function Row({ row }: { readonly row: RuleFileRow }) {
  const { file, id, name, mode, priority, rev, runs, hasTest, findings, activeAlarms } = row;
  const { columns, hasTests, noTests, noAlarms, alarmsOf, older, unreadable } = texts.rules;
  return (
    <tr data-testid="rule-row" data-file={file}>
      <th scope="row" class="name">
        <a href={hrefOf('rules', [file])} class="clamp">
          <bdi>{name ?? id ?? file}</bdi>
        </a>
        <bdi class="hint clamp">{file}</bdi>
        {runs !== null && runs.rev !== rev && <p class="older">{older}</p>}
      </th>
      <td data-label={columns.mode}>{mode === null ? <b>{unreadable}</b> : <ModeMark mode={mode} />}</td>
      <td data-label={columns.priority}>
        {priority !== null && <PriorityCell priority={priority} isFilled={false} isColoured={false} />}
      </td>
      <td data-label={columns.findings}>
        <FindingCount findings={findings} />
      </td>
      <td data-label={columns.tests} class={hasTest ? 'calm' : ''}>
        {hasTest ? hasTests : noTests}
      </td>
      <td data-label={columns.alarms} class={activeAlarms === 0 ? 'calm' : ''}>
        {activeAlarms === 0 ? (
          noAlarms
        ) : (
          <a href={hrefOf('alarms', [], { q: id ?? file })} aria-label={alarmsOf(activeAlarms, name ?? file)}>
            {activeAlarms}
          </a>
        )}
      </td>
    </tr>
  );
}

/** What is wrong with models, devices, sources, and files that nobody reads. */
function Beside({ findings }: { readonly findings: readonly FindingView[] }) {
  if (findings.length === 0) return null;
  return (
    <>
      <h3>{texts.rules.beside}</h3>
      <FindingList findings={findings} isWithFile />
    </>
  );
}
