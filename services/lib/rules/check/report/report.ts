// The contract of a report: what was found in some files, as a text for one reader. The table of formats is the registry.

import type { Finding } from '../finding.ts';
import { githubReport } from './github.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { textReport } from './text.ts';

export type Checked = {
  /** Every file that was looked at, in order; those without a finding too. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** What stands in a file, where it could be read. */
  readonly textOf: (file: string) => string | undefined;
};

export type Colour = 'red' | 'yellow' | 'dim';

export type ReportOptions = {
  /** Colours for a terminal; gives the text back as it is elsewhere. */
  readonly paint: (colour: Colour, text: string) => string;
  /** Text of a file as a terminal may be shown it. */
  readonly shown: (text: string) => string;
};

export type Report = (checked: Checked, options: ReportOptions) => string;

export const REPORTS = {
  text: textReport,
  json: jsonReport,
  junit: junitReport,
  github: githubReport,
} as const satisfies Record<string, Report>;

export type ReportFormat = keyof typeof REPORTS;

export const REPORT_FORMATS = Object.keys(REPORTS) as readonly ReportFormat[];
