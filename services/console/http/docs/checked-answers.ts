// For tests in place of the serializer: every answer is held against the schema that the documentation shows, so that no test of a
// route passes while its documentation is wrong.

import { isDeepStrictEqual } from 'node:util';
import type { FastifySerializerCompiler } from 'fastify';
import { z } from 'zod';
import { ProblemError } from '../problem.ts';

export const checkedAnswers: FastifySerializerCompiler<z.ZodType> = ({ schema, method, url, httpStatus }) => {
  const where = `${method} ${url} (${httpStatus})`;
  return (answer) => {
    const text = JSON.stringify(answer);
    const told: unknown = JSON.parse(text);
    const { success, data, error } = schema.safeParse(told);
    if (!success) throw new ProblemError(500, `${where} is not as documented: ${z.prettifyError(error)}`);
    // A schema leaves out what it does not know.
    if (!isDeepStrictEqual(data, told))
      throw new ProblemError(500, `${where} says more than is documented: ${text.slice(0, 1_000)}`);
    return text;
  };
};
