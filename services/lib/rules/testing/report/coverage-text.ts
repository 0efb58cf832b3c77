// Coverage as a table: per rule what is covered of each kind, and below it what is missing and where.

import type { CoverageKind } from '../coverage.ts';
import type { FileCoverage } from '../run-test-files.ts';

/** Share of all items that are covered, in percent; 100 where there are none. */
export function coveragePercent(coverage: readonly FileCoverage[]): number {
  const total = coverage.reduce((sum, each) => sum + each.total, 0);
  const covered = coverage.reduce((sum, each) => sum + each.covered, 0);
  return total === 0 ? 100 : (covered * 100) / total;
}

const COLUMNS: readonly { readonly kind: CoverageKind; readonly title: string }[] = [
  { kind: 'arm', title: 'arms' },
  { kind: 'action', title: 'actions' },
  { kind: 'suppression', title: 'suppressions' },
];

export function coverageText(coverage: readonly FileCoverage[]): string {
  const rows = [
    ['rule', ...COLUMNS.map(({ title }) => title), 'covered'],
    ...coverage.map((each) => [
      each.rule,
      ...COLUMNS.map(({ kind }) => shareOf(each, kind)),
      `${percentText((each.covered * 100) / each.total)}`,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  const table = rows.map(
    (row) =>
      `${row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
  );
  const missing = coverage.flatMap(missingLines);
  const total = `all: ${percentText(coveragePercent(coverage))}\n`;
  return `${table.join('')}${total}${missing.length === 0 ? '' : `\nNot covered:\n${missing.join('')}`}`;
}

/** Never more than it is: 99.96 % is not 100. */
export function percentText(percent: number): string {
  return `${(Math.floor(percent * 10) / 10).toFixed(1)} %`;
}

function shareOf({ items }: FileCoverage, kind: CoverageKind): string {
  const of = items.filter((each) => each.kind === kind);
  return of.length === 0 ? '-' : `${of.filter(({ missing }) => missing.length === 0).length}/${of.length}`;
}

/** Of a rule that never ran, nothing more needs to be said. */
function missingLines({ file, items, places }: FileCoverage): string[] {
  const [first] = items;
  const told = first?.kind === 'rule' && first.missing.length > 0 ? [first] : items;
  return told.flatMap(({ kind, text, missing }, i) => {
    const place = places[i] ?? { line: 1, column: 1 };
    return missing.length === 0
      ? []
      : [`${file}:${place.line}:${place.column}: ${kind} ${text}: ${missing.join(', ')}\n`];
  });
}
