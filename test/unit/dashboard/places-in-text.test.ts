import { describe, expect, it } from '@jest/globals';
import { onPage } from '../../../dashboard/parts/text/commands-on-page';
import { placesIn } from '../../../dashboard/parts/text/places-in-text';

describe('a text that names a view', () => {
  it('has the way there in the name', () => {
    expect(placesIn(onPage('Buy seats (`licenser sku list`), then look at the page Failures.'))).toEqual([
      { text: 'Buy seats (' },
      { text: 'the page ' },
      { text: 'Waiting & seats', to: '/seats' },
      { text: '), then look at ' },
      { text: 'the page ' },
      { text: 'Failures', to: '/failures' },
      { text: '.' },
    ]);
  });

  it.each([
    ['See who: licenser census start', '/'],
    ['`licenser queue resume` lets it go on.', '/queue'],
    ['Approve it on the page Rollouts', '/rollouts'],
    ['`licenser policy check FILE` says where.', '/policy'],
  ])('also where it is a command at the command line: %s', (text, to) => {
    expect(placesIn(onPage(text)).flatMap((piece) => piece.to ?? [])).toEqual([to]);
  });

  it('loses and adds nothing', () => {
    const text = 'Nothing is due. The overview and the page of nothing stay text.';

    expect(placesIn(text)).toEqual([{ text }]);
    expect(placesIn('')).toEqual([]);
  });
});
