// docs/runbook.md as data, so that the page shows it without a word of HTML.

/** Text in pieces: plain, code or strong. Links keep their text. */
function spansOf(text) {
  const plain = text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  return plain
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.startsWith('`')
        ? { code: piece.slice(1, -1) }
        : piece.startsWith('**')
          ? { strong: piece.slice(2, -2) }
          : { text: piece },
    );
}

/** `graph/refuses` of a heading that names it; otherwise the heading in small letters. */
function idOf(title) {
  const [, code] = /`([^`]+)`/.exec(title) ?? [];
  return code ?? title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/**
 * @param {string} markdown headings, paragraphs, lists and tables, one level each
 * @returns {{ id: string, level: number, title: object[], blocks: object[] }[]} the sections in order; blocks are
 *   `{ kind: 'paragraph', spans }`, `{ kind: 'list', ordered, items }` or `{ kind: 'table', rows }`
 */
export function readRunbook(markdown) {
  const sections = [];
  let block;
  for (const line of markdown.split('\n')) {
    const heading = /^(#{1,3}) (.*)$/.exec(line);
    const item = /^(\d+\.|-) (.*)$/.exec(line);
    const row = /^\|(.*)\|$/.exec(line);
    const blocks = sections.at(-1)?.blocks ?? [];
    if (heading) {
      const [, marks, title] = heading;
      sections.push({ id: idOf(title), level: marks.length, title: spansOf(title), blocks: [] });
      block = undefined;
    } else if (line.trim() === '') {
      block = undefined;
    } else if (row) {
      if (/^[\s|:-]+$/.test(line)) continue;
      if (block?.kind !== 'table') blocks.push((block = { kind: 'table', rows: [] }));
      block.rows.push(row[1].split('|').map((cell) => cell.trim()));
    } else if (item) {
      if (block?.kind !== 'list')
        blocks.push((block = { kind: 'list', ordered: item[1] !== '-', items: [] }));
      block.items.push(item[2]);
    } else if (block?.kind === 'list') {
      block.items.push(`${block.items.pop()} ${line.trim()}`);
    } else {
      if (block?.kind !== 'paragraph') blocks.push((block = { kind: 'paragraph', text: '' }));
      block.text = `${block.text} ${line.trim()}`.trim();
    }
  }
  return sections.map((section) => ({ ...section, blocks: section.blocks.map(withSpans) }));
}

function withSpans(block) {
  switch (block.kind) {
    case 'table':
      return { kind: 'table', rows: block.rows.map((cells) => cells.map(spansOf)) };
    case 'list':
      return { kind: 'list', ordered: block.ordered, items: block.items.map(spansOf) };
    default:
      return { kind: 'paragraph', spans: spansOf(block.text) };
  }
}
