import { localPeople } from './people';

const escape = (text: string) =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** The page that offers the five people; each is a link back to the same request with a `login_hint`. */
export function renderSignInPage(request: URL): string {
  const links = localPeople.map(({ name, displayName, roles }) => {
    const url = new URL(request);
    url.searchParams.set('login_hint', name);
    return `<li><a href="${escape(url.pathname + url.search)}">${escape(displayName)}</a> (${escape(roles.join(', '))})</li>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sign in to the embedded cloud</title>
<style>body { font: 16px/1.6 system-ui; margin: 3rem auto; max-width: 36rem } p { background: #fff4ce; padding: .5rem 1rem; color: #000 }</style>
<h1>Sign in as</h1>
<p>Local run: anyone on this machine can sign in as any of them.</p>
<ul>
${links.join('\n')}
</ul>
</html>
`;
}
