// The page's start: finds out whether somebody is logged in, then draws.

import { render } from 'preact';
import { App } from './app.tsx';
import { startClock } from './state/clock.ts';
import { startLook } from './state/look.ts';
import { resumeSession } from './state/session.ts';

const root = document.getElementById('page');
if (root !== null) {
  startLook();
  startClock();
  void resumeSession();
  render(<App />, root);
}
