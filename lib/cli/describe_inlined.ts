/** Says which values were put in place of refs, since whoever reads the arguments does not find the refs there. */
export function describeInlined(steps: readonly string[]): readonly string[] {
  if (steps.length === 0) return [];
  const of = steps.length === 1 ? `step ${steps[0]}` : `steps ${steps.join(", ")}`;
  return [`The value of ${of} stands in the arguments itself: nobody referred to it when it came about`];
}
