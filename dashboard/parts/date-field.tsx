import type { Signal } from '@preact/signals';

/** A point in time in the reader's zone. `value`: as the field has it, empty while nothing is chosen. */
export function DateField({ label, value }: { readonly label: string; readonly value: Signal<string> }) {
  return (
    <label>
      {label}{' '}
      <input
        type="datetime-local"
        value={value.value}
        onInput={(event) => (value.value = event.currentTarget.value)}
      />
    </label>
  );
}

/** ISO 8601 of what a date field has; undefined: nothing is chosen, or not wholly. */
export function isoOf(field: Signal<string>): string | undefined {
  const at = new Date(field.value);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
