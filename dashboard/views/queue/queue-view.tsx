import { useSignal } from '@preact/signals';
import { ActButton } from '../../act/act-button';
import type { Answer } from '../../api/routes';
import { useResource } from '../../data/resource';
import { useSkuNames } from '../../data/sku-names';
import { Link } from '../../frame/link';
import { duration, number } from '../../parts/format';
import { Prose } from '../../parts/prose';
import { Empty, Loaded } from '../../parts/states';
import { Age, Time } from '../../parts/time';
import { askToPause, askToPurge, askToResume, askToTry } from './pause-asks';
import { LaneTable } from './lane-table';
import { PauseReason } from './pause-reason';
import { QueueHistory } from './queue-history';
import { scopeInWords } from './scope-words';

type Queues = Answer<'queues.showQueues'>;

/** What a message of each queue stands for. */
const meanings: Readonly<Record<string, string>> = {
  'directory-changes': 'Users to decide: who is due which license',
  'license-changes': 'Licenses to write, of single users',
  'license-changes-bulk': 'Licenses to write, of crowds: these wait for single users',
};

const orUnknown = (value: number | null) => (value === null ? 'not known' : number(value));

/** What waits, what is paused, and in which lane. */
export function QueueView() {
  const queues = useResource('queues.showQueues', {});
  const pauses = useResource('queues.showPauses', {});
  return (
    <div class="stack">
      <h1>Queue</h1>
      <Loaded resource={queues} lines={4}>
        {(found) => <Depths queues={found} />}
      </Loaded>
      <div class="grid">
        <section class="card" aria-labelledby="pauses">
          <h2 id="pauses">Paused</h2>
          <Loaded resource={pauses}>{(found) => <Pauses pauses={found} />}</Loaded>
        </section>
        <section class="card" aria-labelledby="pause-something">
          <h2 id="pause-something">Pause something</h2>
          <PauseSomething />
        </section>
      </div>
      <QueueHistory />
      <LaneTable />
    </div>
  );
}

function Depths({ queues }: { readonly queues: Queues }) {
  return (
    <div class="grid">
      {queues.map(({ queue, active, scheduled, deadLettered, oldestAgeMs, missing }) => (
        <section class="card" key={queue} aria-label={queue}>
          <h2>{queue}</h2>
          {meanings[queue] === undefined ? null : <p class="quiet">{meanings[queue]}</p>}
          <dl class="facts">
            <dt>Waiting</dt>
            <dd>
              <Link to={`/queue/${queue}/active`}>{orUnknown(active)}</Link>
            </dd>
            <dt>Oldest</dt>
            <dd>{oldestAgeMs === null ? '–' : duration(oldestAgeMs)}</dd>
            <dt>Scheduled</dt>
            <dd>{orUnknown(scheduled)}</dd>
            <dt>Dead letters</dt>
            <dd>
              <Link to={`/queue/${queue}/dead`}>{orUnknown(deadLettered)}</Link>
            </dd>
          </dl>
          {missing === null ? null : (
            <p class="note">
              <Prose text={missing} />
            </p>
          )}
          {deadLettered === null || deadLettered === 0 ? null : (
            <div class="buttons">
              <ActButton
                label="Purge dead letters…"
                needs="Operator"
                onPress={() => askToPurge(queue, deadLettered)}
              />
            </div>
          )}
        </section>
      ))}
    </div>
  );
}

function Pauses({ pauses }: { readonly pauses: Answer<'queues.showPauses'> }) {
  const names = useSkuNames();
  if (pauses.length === 0) return <Empty>Nothing is paused.</Empty>;
  return (
    <ul class="plain">
      {pauses.map(({ scope, origin, by, at, isOld, ...pause }) => (
        <li key={scope}>
          <strong>{scopeInWords(scope, names)}</strong>{' '}
          {isOld ? <span class="chip warn">older than a day</span> : null}
          <div>
            <PauseReason pause={{ origin, ...pause }} />{' '}
            <span class="quiet">
              by {by}, <Time at={at} /> (<Age at={at} />)
            </span>
          </div>
          {origin === 'operator' ? (
            <ActButton label="Resume…" needs="Operator" kind="primary" onPress={() => askToResume(scope)} />
          ) : (
            <ActButton label="Try now…" needs="Operator" onPress={() => askToTry(scope)} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Wrong licenses are being written: this stops them. */
function PauseSomething() {
  const skus = useResource('tenant.showSkus', {}, null);
  const sku = useSignal('');
  return (
    <>
      <p>
        Wrong licenses are being written? Stop the SKU, or all writing. Where deciding is paused, no new
        writes are planned either. Nothing is lost by it.
      </p>
      <div class="buttons">
        <ActButton label="Pause all writing…" needs="Operator" onPress={() => askToPause('apply')} />
        <ActButton label="Pause all deciding…" needs="Operator" onPress={() => askToPause('intake')} />
      </div>
      <div class="row buttons">
        <label>
          SKU{' '}
          <select
            aria-label="SKU to pause"
            value={sku.value}
            onChange={(event) => (sku.value = event.currentTarget.value)}
          >
            <option value="">choose</option>
            {(skus.data.value ?? []).map(({ skuId, skuPartNumber }) => (
              <option key={skuId} value={skuPartNumber}>
                {skuPartNumber}
              </option>
            ))}
          </select>
        </label>
        <ActButton
          label="Pause this SKU…"
          needs="Operator"
          notNow={sku.value === '' ? 'choose a SKU first' : undefined}
          onPress={() => askToPause(`sku:${sku.value}`)}
        />
      </div>
    </>
  );
}
