// What the validator found: in a word, and one by one with the way to its place.

import type { FindingView } from '../../api/rules.ts';
import { texts } from '../texts.ts';

export function FindingCount({ findings }: { readonly findings: readonly FindingView[] }) {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0) return <span class="calm">{texts.rules.noFindings}</span>;
  return (
    <span class="found">
      {errors > 0 && (
        <span class="found-error">
          <LevelMark level="error" /> {texts.rules.errors(errors)}
        </span>
      )}
      {warnings > 0 && (
        <span class="found-warn">
          <LevelMark level="warn" /> {texts.rules.warnings(warnings)}
        </span>
      )}
    </span>
  );
}

export function LevelMark({ level }: Pick<FindingView, 'level'>) {
  return (
    <svg class={`level level-${level}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={level === 'error' ? 'M1.5 1.5 10.5 10.5M10.5 1.5 1.5 10.5' : 'M6 1 11.5 11H.5z'} />
    </svg>
  );
}

export type FindingListProps = {
  readonly findings: readonly FindingView[];
  readonly isWithFile?: boolean;
  /** Where the list stands beside the text itself. */
  readonly onGo?: (finding: FindingView) => void;
};

export function FindingList({ findings, isWithFile = false, onGo }: FindingListProps) {
  const { findingAt, levels, meant, editor } = texts.rules;
  return (
    <ul class="findings">
      {findings.map((finding) => {
        const { file, line, column, code, level, message, suggestion } = finding;
        return (
          <li
            key={`${file}:${line}:${column}:${code}:${message}`}
            data-testid="finding"
            data-code={code}
            data-level={level}
          >
            <LevelMark level={level} />
            <b>
              {levels[level]} {code}
            </b>
            {onGo !== undefined && (
              <button type="button" class="link" onClick={() => onGo(finding)}>
                {editor.goTo(line)}
              </button>
            )}
            {isWithFile && <bdi class="hint">{findingAt(file, line, column)}</bdi>}
            <span class="message clamp" dir="auto">
              {suggestion === undefined ? message : meant(message, suggestion)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
