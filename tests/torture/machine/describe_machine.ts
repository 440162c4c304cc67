import type { Life } from "./machine_life.ts";
import type { MachineSpec, PartSpec } from "./machine_spec.ts";

/** Puts a case into lines: its plan as a tree, and what is special about it. */
export function describeMachine(
  { parts, inserts, defaults, onFailure, afterwards, moves, isEager, isSlow, width }: MachineSpec,
): string[] {
  return [
    `plan: on failure ${onFailure}, then ${afterwards}${isEager ? ", eager" : ""}${isSlow ? ", slow" : ""}${
      width === undefined ? "" : `, ${width} events a record`
    }; defaults: ${JSON.stringify(defaults)}; moves: ${moves.map(({ kind }) => kind).join(", ") || "none"}`,
    ...describeParts(parts, "", "  "),
    ...describeParts(inserts, "i", "  "),
  ];
}

function describeParts(parts: readonly PartSpec[], prefix: string, indent: string): string[] {
  return parts.flatMap((part, index) => {
    const key = `${prefix}${index}`;
    const inside = "parts" in part ? describeParts(part.parts, `${key}.`, `${indent}  `) : [];
    const otherwise = part.kind === "subPlan" && part.otherwise !== undefined
      ? [`${indent}otherwise`, ...describeParts(part.otherwise, `${key}.x`, `${indent}  `)]
      : [];
    return [`${indent}${key} ${describePart(part)}`, ...inside, ...otherwise];
  });
}

function describePart(part: PartSpec): string {
  switch (part.kind) {
    case "sleep":
      return `sleep ${part.isDate ? "until in " : ""}${part.ms} ms`;
    case "wait":
      return `wait s${part.signal}`;
    case "sequence":
      return "sequence";
    case "parallel":
      return part.limit === undefined ? "parallel" : `parallel, limit ${part.limit}`;
    default: {
      const { kind, refs, failures, retry, isFinal, limit, policy, undo, isAdorned } = part;
      return [
        `${kind}(${refs.join(", ")})`,
        policy,
        ...(failures === 0 ? [] : [`fails ${failures} times${retry === undefined ? "" : ", retried"}`]),
        ...(isFinal === "no" ? [] : [`final ${isFinal}`]),
        ...(limit === "none" ? [] : [`limit ${limit}`]),
        ...(undo === "none" ? [] : [`undo ${undo}`]),
        ...(isAdorned ? ["named"] : []),
        ...(kind === "step" && part.isUnstorable ? ["unstorable"] : []),
      ].join(", ");
    }
  }
}

/** Puts what a process has done into lines: a record to a line, and what happened in the world. */
export function describeLife({ moments, found, deeds, end }: Life): string[] {
  const records = moments.slice(found).map(({ text, submitted, acknowledged }, index) => {
    const events = JSON.parse(text).map((event: Record<string, unknown>) =>
      [event.type, event.decision, event.step, event.signal].filter((word) => word !== undefined).join(" ")
    );
    return `  ${found + index} (deeds ${submitted} to ${acknowledged}): ${events.join(", ")}`;
  });
  const done = deeds.map(({ kind, key }, index) => `${index} ${kind} ${key}`.trimEnd());
  const last = end.kind === "returned"
    ? JSON.stringify(end.value)
    : `${end.error instanceof Error ? `${end.error.name}: ${end.error.message.split("\n")[0]}` : end.error}`;
  return [...records, `  deeds: ${done.join(", ")}`, `  end: ${last}`];
}
