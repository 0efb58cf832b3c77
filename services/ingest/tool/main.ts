// What `penstock source try` runs: a program of ingest's, which alone knows how messages are read. Reads the rules folder only.

import { z } from 'zod';
import { formatProblem } from '#runtime/json-file.ts';
import { readPlantFiles, requireRulesFolder } from '#runtime/plant-files.ts';
import { EXIT, StartError } from '#runtime/start-error.ts';
import { readSources } from '../sources/read-sources.ts';
import { trialText, tryMessage } from './try-message.ts';

const wish = z.strictObject({
  rulesDir: z.string(),
  topic: z.string(),
  payloadBase64: z.base64(),
  payloadBytesMax: z.int(),
  isJson: z.boolean(),
});

try {
  const { rulesDir, topic, payloadBase64, payloadBytesMax, isJson } = wish.parse(JSON.parse(process.argv[2] ?? ''));
  requireRulesFolder(rulesDir);
  const plant = readPlantFiles(rulesDir);
  const { sources, placeOf, problems } = readSources(rulesDir, new Set(plant.models.keys()));
  for (const problem of [...plant.problems, ...problems]) process.stderr.write(`error ${formatProblem(problem)}\n`);
  const message = { topic, payload: Buffer.from(payloadBase64, 'base64') };
  const trial = await tryMessage(message, { plant, sources, placeOf, now: Date.now(), payloadBytesMax });
  process.stdout.write(isJson ? `${JSON.stringify(trial)}\n` : trialText(trial));
  process.exitCode = trial.refusals.length > 0 ? EXIT.findings : EXIT.ok;
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`error ${error.message}\n`);
  process.exitCode = error.exitCode;
}
