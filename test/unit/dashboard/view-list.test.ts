import { describe, expect, it } from '@jest/globals';
import { viewList } from '../../../dashboard/frame/view-list';
import { fixedViews, foundViews } from '../../../scripts/dashboard/page-views.cjs';
import { viewsOfOneThing } from '../../support/browser/view-paths';

/** Whether a path of a picture is one that the pattern of a view fits. */
const fits = (pattern: string, path: string) =>
  new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(`/${path.split('?')[0] ?? ''}`);
const patterns = viewList.flatMap((view) => view.patterns);

describe('every view of the page', () => {
  it.each(patterns)('%s is photographed, and looked at by the browser tests', (pattern) => {
    const isFixed = Object.values(fixedViews).some((path) => fits(pattern, path));
    const isPhotographed = isFixed || Object.values(foundViews).some((one) => one.pattern === pattern);

    expect([isPhotographed, isFixed || pattern in viewsOfOneThing]).toEqual([true, true]);
  });

  it('has no picture of a view that is not there', () => {
    const paths = Object.values(fixedViews).filter((path) => path !== fixedViews['no-such-view']);

    expect(paths.filter((path) => !patterns.some((pattern) => fits(pattern, path)))).toEqual([]);
    expect(Object.values(foundViews).filter(({ pattern }) => !patterns.includes(pattern))).toEqual([]);
  });

  it('that is in the navigation has a letter of its own', () => {
    const letters = viewList.flatMap(({ letter }) => (letter === undefined ? [] : [letter]));

    expect(new Set(letters).size).toBe(letters.length);
  });
});
