// Names as files and requests bring them: checked where they come in, so that nobody further in has to ask again.

import { z } from 'zod';
import { isMetricName, isName, METRIC_HINT, NAME_HINT } from '#domain/name.ts';

/** A site, an area, a device, a rule, an instance, a role or a label. */
export const nameText = z
  .string()
  .refine(isName, { error: `must be ${NAME_HINT}` })
  .meta({ id: 'name' });
export const metricNameText = z
  .string()
  .refine(isMetricName, { error: `must be ${METRIC_HINT}` })
  .meta({ id: 'metric' });
