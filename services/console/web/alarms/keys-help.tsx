// Which key does what, and the switch for those that are letters.

import { Dialog } from '../parts/dialog.tsx';
import { texts } from '../texts.ts';
import { hasKeys, isHelpShown, setKeys } from './keys.ts';

export function KeysHelp() {
  if (!isHelpShown.value) return null;
  const { heading, list, letters, close } = texts.alarms.keys;
  const hide = () => {
    isHelpShown.value = false;
  };
  return (
    <Dialog heading={heading} testId="keys-help" onClose={hide}>
      <label class="inline">
        <input
          type="checkbox"
          data-testid="keys-switch"
          checked={hasKeys.value}
          onChange={(event) => setKeys(event.currentTarget.checked)}
        />{' '}
        {letters}
      </label>
      <dl class="keys">
        {list.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={hide}>
        {close}
      </button>
    </Dialog>
  );
}
