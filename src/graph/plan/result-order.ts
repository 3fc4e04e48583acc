/**
 * The order of a run's results wherever they are shown: the last node of the plan first, as it is what the run was for;
 * those of one node as the plan has its items, which is the order of the table.
 *
 * @param steps in the order of the plan.
 */
export function inResultOrder<Step extends { readonly nodeId: string }>(
  steps: Iterable<Step>,
): readonly Step[] {
  return [...Map.groupBy(steps, ({ nodeId }) => nodeId).values()].reverse().flat();
}
