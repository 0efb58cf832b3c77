// The way of a point, and how it is going.

import { texts } from '../texts.ts';

export function PipelinePage() {
  return <h2>{texts.pages.pipeline}</h2>;
}
