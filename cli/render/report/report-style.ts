import { Html } from './html-text';

/** The whole look of the page: no font, image or script is loaded, so that it opens in a mail and prints as it is. */
export const reportStyle = new Html(`
:root { color-scheme: light dark; --ink: #1b1b1f; --soft: #55565c; --line: #c9cad1; --paper: #ffffff; --band: #f3f4f7; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf1; --soft: #b4b5bd; --line: #4a4b53; --paper: #1b1b1f; --band: #26272c; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.25rem; }
p { margin: 0.25rem 0 0.75rem; max-width: 46rem; }
.soft { color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: 0.75rem 2rem; margin: 1rem 0; }
dl > div { min-width: 8rem; }
dt { color: var(--soft); }
dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
/* Ten columns of figures are wider than a phone: they move by themselves, not the page. */
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.25rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom-width: 2px; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media print {
  :root { color-scheme: light; --ink: #000000; --soft: #333333; --line: #999999; --paper: #ffffff; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .wide { overflow: visible; overflow-wrap: anywhere; font-size: 8pt; }
  h2 { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
@page { margin: 15mm; }
`);
