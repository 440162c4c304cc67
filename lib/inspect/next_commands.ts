import { commandLine } from "../run/command_line.ts";
import type { InspectedStep, Inspection, NextCommand } from "./inspection.ts";

/** Makes a command that resumes the transaction. */
type Resume = (when: string, ...flags: readonly string[]) => NextCommand;

/** Says what to type next. */
export function nextCommands(inspection: Omit<Inspection, "next">): readonly NextCommand[] {
  const { journal, library, status, isHeld, isPlanned, unknown } = inspection;
  if (isHeld || unknown !== undefined) return [];
  if (!isPlanned) return [];
  const resume: Resume = (when, ...flags) => ({
    when,
    command: commandLine(library, "resume", journal, ...flags),
  });
  const [open] = openQuestions(inspection);
  if (open !== undefined) return answersTo(open, resume);
  switch (status) {
    case "aborted":
      return [resume("When the cause is mended, run the rest"), ...waysAround(inspection, resume)];
    case "pending":
    case "interrupted":
    case "waiting":
      return [resume("Run the rest")];
    case "finished":
      return inspection.options.keep === true ? [] : [resume("All steps are done: remove the journal")];
    default:
      return [];
  }
}

/** Steps about which somebody has to say something before the rest can run. */
function openQuestions({ status, steps, waiting }: Omit<Inspection, "next">): readonly InspectedStep[] {
  if (status === "waiting") return steps.filter(({ id }) => id === waiting?.step && waiting.for === "decision");
  if (status !== "interrupted" && status !== "aborted") return [];
  return steps.filter((step) => step.status === "unknown" && step.policy === "ask" && !step.isApproved);
}

/** A failed step whose value nobody needs can be left out; otherwise it can be done by hand. */
function waysAround({ aborted, steps }: Omit<Inspection, "next">, resume: Resume): readonly NextCommand[] {
  const step = steps.find(({ id }) => id === aborted?.step);
  if (step?.status !== "failed") return [];
  if (!step.isReferenced) return [resume(`Leave step ${step.id} out`, "--skip", step.id)];
  return [resume(`You did by hand what step ${step.id} should do`, "--done", step.id, "--result", "JSON")];
}

function answersTo(
  step: InspectedStep,
  resume: Resume,
): readonly NextCommand[] {
  const { id, isReferenced } = step;
  if (step.status === "finished" || step.status === "skipped") {
    return [resume(`Give the value of step ${id}`, "--done", id, "--result", "JSON")];
  }
  return [
    resume(`Step ${id} did not happen: run it`, "--retry", id),
    isReferenced
      ? resume(`Step ${id} did happen, and this is its value`, "--done", id, "--result", "JSON")
      : resume(`Step ${id} did happen`, "--done", id),
    ...(isReferenced ? [] : [resume(`Leave step ${id} out`, "--skip", id)]),
  ];
}
