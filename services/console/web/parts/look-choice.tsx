import { LOOKS, type Look, look, setLook } from '../state/look.ts';
import { texts } from '../texts.ts';

export function LookChoice() {
  return (
    <label class="look">
      <span class="visually-hidden">{texts.look.label}</span>
      <select
        data-testid="look"
        value={look.value}
        onChange={(event) => setLook(LOOKS.find((each) => each === event.currentTarget.value) ?? 'system')}
      >
        {LOOKS.map((each: Look) => (
          <option key={each} value={each}>
            {texts.look.names[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
