/** What a hostile step may be made of, beside what every step has. */
export interface HostileStep {
  /** Which kind of node it is. */
  readonly kind?: unknown;
  /** What it waits for, if it is a wait. */
  readonly signal?: unknown;
  /** The step's id. */
  readonly id?: unknown;
  /** Its name. */
  readonly name?: unknown;
  /** Index into the module table. */
  readonly module?: unknown;
  /** The export. */
  readonly export?: unknown;
  /** The arguments. */
  readonly args?: unknown;
  /** What in them is not plain JSON. */
  readonly argsMeta?: unknown;
  /** Its options. */
  readonly options?: unknown;
}

/** What stands in place of members of the first event. */
export type HostileOpening = Readonly<Record<string, unknown>>;

const PIN = "0".repeat(64);

/** The events of a plan; anything in it may be replaced. The module has a pin, so that resume would read it for that. */
export function hostilePlan(
  module: string,
  steps: readonly HostileStep[] = [{}],
  opening: HostileOpening = {},
): readonly unknown[] {
  const nodes = steps.map((step, index) => ({
    id: String(index + 1),
    kind: "step",
    module: 0,
    export: "run",
    ...step,
  }));
  return [
    {
      type: "opened",
      format: 1,
      id: "h",
      library: "0.1.0",
      home: module,
      modules: [{ url: module, sha256: PIN }],
      options: {},
      ...opening,
    },
    { type: "planned", nodes },
    { type: "ready", nodes: nodes.length },
  ];
}

/** Everything that a terminal may act on or an eye may be deceived by, and a line that wants to look like one of ours. */
export const POISON = "\u001b[2J\u001b]0;owned\u0007\r\nSPOOF\u0085SPOOF\u009b31m\u202egnp\u2066\u2028SPOOF\u2029" +
  "\u200b\ufeff\u0000\u007f\udb40\udc41\ud800.";

/** An event that starts the first step. */
export const START = { type: "started", step: "1", attempt: 1, run: 1 };
/** An event that finishes it. */
export const FINISH = { type: "finished", step: "1", attempt: 1, ms: 1 };
/** A meta that makes the first argument something else than JSON. */
export function firstIs(annotation: unknown): unknown {
  return { values: { "0": annotation }, v: 1 };
}
/** The meta of an argument that is a ref. */
export const REF = firstIs([["custom", "ref"]]);
