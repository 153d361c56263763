import { me } from '../session/me';
import { settings, signOut } from '../session/session';
import { Link } from './link';
import { path } from './location';
import { helpOpen } from './keys';
import { marks } from './marks';
import { VerdictMark } from './verdict-mark';
import { viewList } from './view-list';

function isCurrent(pattern: string): boolean {
  return pattern === '/'
    ? path.value === '/'
    : path.value === pattern || path.value.startsWith(`${pattern}/`);
}

export function Header() {
  const domain = me.value?.tenantDomain ?? null;
  return (
    <header>
      {settings?.isLocal ? (
        <p class="band">Local run: anyone on this machine can sign in as anybody.</p>
      ) : null}
      <div class="top">
        <Link to="/" class="brand">
          Licenser
          {domain === null ? null : <span class="tenant"> · {domain}</span>}
        </Link>
        <VerdictMark />
        <span class="spread" />
        <Link to="/users" class="quiet">
          Search a user <kbd aria-hidden="true">/</kbd>
        </Link>
        {me.value === null ? null : (
          <details class="menu">
            <summary>
              {me.value.name} <span class="quiet">{me.value.roles.join(', ') || 'no role'}</span>
            </summary>
            <div class="menu-body">
              <p class="quiet">Tenant {me.value.tenantId}</p>
              {me.value.approval === 'one-person' ? (
                <p>One person may approve their own rollouts here (LICENSER_APPROVAL).</p>
              ) : null}
              <div class="buttons">
                <button type="button" onClick={() => (helpOpen.value = true)}>
                  Keys <kbd aria-hidden="true">?</kbd>
                </button>
                <button type="button" onClick={() => void signOut()}>
                  Sign out
                </button>
              </div>
            </div>
          </details>
        )}
      </div>
      <nav aria-label="Views">
        <ul>
          {viewList
            .filter(({ letter }) => letter !== undefined)
            .map(({ patterns: [pattern = '/'], title, letter = '' }) => {
              const mark = marks.value[pattern];
              return (
                <li key={pattern}>
                  <Link to={pattern} isCurrent={isCurrent(pattern)}>
                    <span title={`g ${letter}`}>{title}</span>
                    {mark === undefined ? null : (
                      <>
                        <span class="for-readers">: </span>
                        <span class="mark">{mark}</span>
                      </>
                    )}
                  </Link>
                </li>
              );
            })}
        </ul>
      </nav>
    </header>
  );
}
