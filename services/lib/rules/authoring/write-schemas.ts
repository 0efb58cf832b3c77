// Writes rules/schemas/ anew: `node services/lib/rules/authoring/write-schemas.ts`, after a schema has changed.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SCHEMA_NAMES, schemaFile, schemaText } from './schemas.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../../rules/schemas');

mkdirSync(FOLDER, { recursive: true });
for (const name of SCHEMA_NAMES) writeFileSync(path.join(FOLDER, schemaFile(name)), schemaText(name));
