// What was refused, and what can be done about it.

import { RejectPanel } from './reject-panel.tsx';

export function RejectsPage() {
  return <RejectPanel />;
}
