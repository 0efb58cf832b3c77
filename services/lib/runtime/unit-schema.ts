// Units as files bring them: UCUM codes. What is none is a slip of the pen, and would be compared with nothing for ever.

import { z } from 'zod';
import { isUcum } from '#domain/ucum.ts';
import { unitCode } from '#domain/unit-sign.ts';

export const unitText = z.string().refine(isUcum, { error: ({ input }) => unitProblem(String(input)) });

function unitProblem(text: string): string {
  const code = unitCode(text);
  const hint = code === undefined ? ', such as Cel, bar, m3/h or {count} for what is counted' : `: ${code}`;
  return `must be a UCUM code${hint}`;
}
