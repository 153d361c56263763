import { localPeople } from './people';

const may: Readonly<Record<string, string>> = {
  Viewer: 'sees everything, changes nothing',
  Operator: 'sees everything, and acts',
  Approver: 'approves what another person asked for',
};

const escape = (text: string) =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** The page that offers the five people; each is a link back to the same request with a `login_hint`. */
export function renderSignInPage(request: URL): string {
  const links = localPeople.map(({ name, displayName, roles }) => {
    const url = new URL(request);
    url.searchParams.set('login_hint', name);
    return `<li><a href="${escape(url.pathname + url.search)}">${escape(displayName)}</a> – ${escape(roles.map((role) => may[role] ?? role).join(', '))}</li>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in to the embedded cloud</title>
<style>body { font: 16px/1.6 system-ui; margin: 3rem auto; max-width: 36rem; padding: 0 1rem } li { margin: .5rem 0 } @media (prefers-color-scheme: dark) { a { color: #62abf5 } } p { background: #fff4ce; padding: .5rem 1rem; color: #000 }</style>
<h1>Sign in as</h1>
<p>Local run: anyone on this machine can sign in as any of them.</p>
<ul>
${links.join('\n')}
</ul>
</html>
`;
}
