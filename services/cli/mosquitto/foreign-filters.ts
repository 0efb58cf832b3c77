// On which topics foreign devices speak, as the files in `rules/sources` have it.

import path from 'node:path';
import { type FileProblem, readJsonFiles } from '#runtime/json-file.ts';
import { isSparkplugSource, sourceFile, sourceFilter } from '#runtime/source-file.ts';

/** As MQTT filters: `home/{area}/{metric}` is `home/+/+`. */
export function foreignFilters(rulesDir: string): readonly string[] | { readonly problems: FileProblem[] } {
  const { files, problems } = readJsonFiles(
    path.join(rulesDir, 'sources'),
    (name) => name.endsWith('.json'),
    sourceFile,
  );
  if (problems.length > 0) return { problems };
  const foreign = files.filter(({ value }) => !isSparkplugSource(value));
  return [...new Set(foreign.map(({ value }) => sourceFilter(value.topic)))];
}
