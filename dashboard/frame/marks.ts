import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import type { Answer } from '../api/routes';
import type { Resource } from '../data/resource';
import { keepSkuNames } from '../data/sku-names';
import { number } from '../parts/format';

/** Counts beside entries of the navigation, by path, such as the failures that are open. */
export const marks = signal<Readonly<Record<string, string | undefined>>>({});

/** Users by outcome, as the last overview had them. */
export const outcomeCounts = signal<Readonly<Record<string, number>>>({});

const total = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);
const markOf = (many: number) => (many === 0 ? undefined : number(many));

/** Counts go with the overview that a view reads: what could not be read again is not known now. */
export function useMarks({
  data,
  problem,
}: Pick<Resource<Answer<'overview.overview'>>, 'data' | 'problem'>): void {
  const found = data.value;
  const isFailed = problem.value !== undefined;
  useEffect(() => {
    if (isFailed) forgetMarks();
    else if (found !== undefined) showMarks(found);
  }, [found, isFailed]);
}

function forgetMarks(): void {
  outcomeCounts.value = {};
  marks.value = {};
}

/** Takes the counts, and the names of SKUs, from an overview; what it does not know keeps no count. */
function showMarks({ failures, seats, rollouts, users }: Answer<'overview.overview'>): void {
  keepSkuNames(seats ?? []);
  outcomeCounts.value = users?.outcomes ?? {};
  marks.value = {
    '/failures': markOf(total((failures?.classes ?? []).map((one) => one.count))),
    '/seats': markOf(total((seats ?? []).map(({ waiting }) => waiting))),
    '/rollouts': markOf(rollouts.length),
  };
}
