// Findings for programs: one object, in the shape of the findings themselves.

import type { Report } from './report.ts';
import { summaryOf } from './summary.ts';

export const jsonReport: Report = (checked) => {
  const { files, errors, warnings } = summaryOf(checked);
  return `${JSON.stringify({ files, errors, warnings, findings: checked.findings }, null, 2)}\n`;
};
