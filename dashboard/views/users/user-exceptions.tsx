import { useSignal } from '@preact/signals';
import { ActButton } from '../../act/act-button';
import { ask } from '../../act/ask';
import { useResource } from '../../data/resource';
import { DateField, isoOf } from '../../parts/date-field';

/** What a person may decide for one user: back to a time, never touched, or an extra license. */
export function UserExceptions({ id }: { readonly id: string }) {
  return (
    <>
      <UndoTo id={id} />
      <NeverTouch id={id} />
      <ExtraLicense id={id} />
    </>
  );
}

function UndoTo({ id }: { readonly id: string }) {
  const to = useSignal('');
  const toIso = isoOf(to);
  return (
    <div class="row buttons">
      <DateField label="Back to" value={to} />
      <ActButton
        label="Undo to this time…"
        needs="Operator"
        notNow={toIso === undefined ? 'choose a time first' : undefined}
        onPress={() =>
          ask(
            'users.undo',
            { user: id, to: toIso ?? '' },
            {
              title: 'Take the user back',
              text: `The user gets the licenses that were held at ${to.value.replace('T', ' ')}, and keeps them until the undo is ended. Census and policy pass over the user meanwhile.`,
              button: 'Undo',
            },
          )
        }
      />
    </div>
  );
}

function NeverTouch({ id }: { readonly id: string }) {
  const until = useSignal('');
  const untilIso = isoOf(until);
  return (
    <div class="row buttons">
      <DateField label="Until (empty: for good)" value={until} />
      <ActButton
        label="Never touch…"
        needs="Operator"
        onPress={() =>
          ask(
            'users.makeException',
            { user: id, kind: 'neverTouch', ...(untilIso === undefined ? {} : { until: untilIso }) },
            {
              title: 'Never touch this user',
              text: 'Nothing is written to this user until the exception ends, whatever the policy says.',
              button: 'Never touch',
            },
          )
        }
      />
    </div>
  );
}

function ExtraLicense({ id }: { readonly id: string }) {
  const skus = useResource('tenant.showSkus', {}, null);
  const sku = useSignal('');
  const until = useSignal('');
  const untilIso = isoOf(until);
  const isReady = sku.value !== '' && untilIso !== undefined;
  return (
    <div class="row buttons">
      <label>
        Extra license{' '}
        <select value={sku.value} onChange={(event) => (sku.value = event.currentTarget.value)}>
          <option value="">choose</option>
          {(skus.data.value ?? [])
            .filter(({ assignable }) => assignable)
            .map(({ skuId, skuPartNumber }) => (
              <option key={skuId} value={skuId}>
                {skuPartNumber}
              </option>
            ))}
        </select>
      </label>
      <DateField label="until" value={until} />
      <ActButton
        label="Grant it…"
        needs="Operator"
        notNow={isReady ? undefined : 'choose a SKU and a date first'}
        onPress={() =>
          ask(
            'users.makeException',
            { user: id, kind: 'extra', sku: sku.value, until: untilIso ?? '' },
            {
              title: 'Grant an extra license',
              text: 'The user gets it although the policy does not grant it, and loses it at the date unless the policy grants it by then.',
              button: 'Grant',
            },
          )
        }
      />
    </div>
  );
}
