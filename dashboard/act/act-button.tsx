import { say } from '../parts/toast';
import { mayBe } from '../session/me';
import type { Role } from '../session/me';
import { needsRole } from './ask';

type ActButtonProps = {
  readonly label: string;
  /** The role that it takes. A button that one may not press stays, and says which role is missing. */
  readonly needs: Role;
  readonly onPress: () => void;
  readonly kind?: 'primary' | 'danger';
  /** Why it cannot be pressed now; undefined: it can. */
  readonly notNow?: string | undefined;
  /** What it is about, for those who do not see what it stands beside. */
  readonly description?: string;
};

/** A button that acts. One that may not be pressed stays, and says why: under a pointer, to a screen reader, and when pressed. */
export function ActButton({ label, needs, onPress, kind, notNow, description }: ActButtonProps) {
  const hindrance = mayBe(needs) ? notNow : needsRole(needs);
  return (
    <button
      type="button"
      class={kind}
      aria-disabled={hindrance !== undefined}
      title={hindrance}
      onClick={() => {
        if (hindrance === undefined) onPress();
        else say(`${label} cannot be pressed: ${hindrance}.`);
      }}
    >
      {label}
      {description === undefined ? null : <span class="for-readers"> {description}</span>}
      {hindrance === undefined ? null : <span class="for-readers"> ({hindrance})</span>}
    </button>
  );
}
