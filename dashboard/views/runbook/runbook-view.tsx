import { sections } from 'made:runbook';
import type { Block, Span } from 'made:runbook';
import { useEffect } from 'preact/hooks';
import type { ViewProps } from '../../frame/view-props';

/** The runbook of this build: it is there also when the network to everything else is not. */
export function RunbookView({ parameters: { section } }: ViewProps) {
  useEffect(() => {
    if (section === undefined) return;
    document.getElementById(`runbook-${section}`)?.scrollIntoView({ block: 'start' });
  }, [section]);
  return (
    <article class="card runbook">
      {section === undefined || sections.some(({ id }) => id === section) ? null : (
        <p class="note">The runbook has no section “{section}”. Below is all of it.</p>
      )}
      {sections.map(({ id, level, title, blocks }) => (
        <section id={`runbook-${id}`} key={id} class={id === section ? 'chosen' : undefined}>
          <Heading level={level} title={title} />
          {blocks.map((block, index) => (
            <BlockView block={block} key={index} />
          ))}
        </section>
      ))}
    </article>
  );
}

function Heading({ level, title }: { readonly level: number; readonly title: readonly Span[] }) {
  if (level === 1)
    return (
      <h1>
        <Spans spans={title} />
      </h1>
    );
  return level === 2 ? (
    <h2>
      <Spans spans={title} />
    </h2>
  ) : (
    <h3>
      <Spans spans={title} />
    </h3>
  );
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Spans spans={block.spans} />
        </p>
      );
    case 'list': {
      const items = block.items.map((spans, index) => (
        <li key={index}>
          <Spans spans={spans} />
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table': {
      const [titles = [], ...rows] = block.rows;
      return (
        <div class="table-place" role="region" aria-label="Table of the runbook" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {titles.map((spans, index) => (
                  <th scope="col" key={index}>
                    <Spans spans={spans} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells, index) => (
                <tr key={index}>
                  {cells.map((spans, at) => (
                    <td key={at} data-title={plain(titles[at])}>
                      <Spans spans={spans} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    }
  }
}

const plain = (spans: readonly Span[] = []) =>
  spans.map(({ text, code, strong }) => text ?? code ?? strong ?? '').join('');

function Spans({ spans }: { readonly spans: readonly Span[] }) {
  return (
    <>
      {spans.map(({ text, code, strong }, index) => {
        if (code !== undefined) return <code key={index}>{code}</code>;
        return strong === undefined ? text : <strong key={index}>{strong}</strong>;
      })}
    </>
  );
}
