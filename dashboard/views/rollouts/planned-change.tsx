import { useSignal } from '@preact/signals';
import { ActButton } from '../../act/act-button';
import { act } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { useResource } from '../../data/resource';
import { Loaded, ProblemBox } from '../../parts/states';
import { PlanView } from '../policy/plan-view';

/** What a policy that awaits approval would change as the tenant is now: gains, losses, plans, seats and cost. */
export function PlannedChange({ policyHash }: { readonly policyHash: string }) {
  const policy = useResource('policies.showPolicy', { hash: policyHash }, null);
  const operation = useSignal<string | null>(null);
  const problem = useSignal<ApiProblem | null>(null);
  const plan = async (text: string) => {
    problem.value = null;
    try {
      const acted = await act('plans.makePlan', { text }, crypto.randomUUID());
      if (acted.kind === 'operation') operation.value = acted.operation.id;
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      problem.value = thrown;
    }
  };
  return (
    <section class="card" aria-labelledby="planned-change">
      <h2 id="planned-change">What it would change</h2>
      <Loaded resource={policy} lines={1}>
        {({ text }) => (
          <>
            <p>
              Plan it as the tenant is now: who gains or loses what, the seats and the cost. Nothing is
              written.
            </p>
            <ActButton
              label={operation.value === null ? 'Plan it now' : 'Plan anew'}
              needs="Viewer"
              onPress={() => void plan(text)}
            />
          </>
        )}
      </Loaded>
      {problem.value === null ? null : <ProblemBox problem={problem.value} />}
      {operation.value === null ? null : <PlanView operation={operation.value} key={operation.value} />}
    </section>
  );
}
