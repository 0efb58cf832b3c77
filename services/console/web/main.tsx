// The page's start: finds out whether somebody is logged in, then draws.

import { render } from 'preact';
import { App } from './app.tsx';
import { startClock } from './state/clock.ts';
import { resumeSession } from './state/session.ts';

const root = document.getElementById('page');
if (root !== null) {
  startClock();
  void resumeSession();
  render(<App />, root);
}
