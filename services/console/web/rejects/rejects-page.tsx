// What was refused, and what can be done about it.

import '../styles/rejects.css';
import { RejectPanel } from './reject-panel.tsx';

export function RejectsPage() {
  return <RejectPanel />;
}
