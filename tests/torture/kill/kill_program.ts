/**
 * A program that runs a transaction, or the rest of one: `kill_program.ts start|resume SPEC [DECISIONS]`, both as JSON. Notes
 * each event that was acknowledged in a list beside the journal. Exits as the command line does.
 *
 * @module
 */
import { type DecisionRequest, type JournalEvent, type Planner, type Ref, Transaction } from "@x/resumable-tx";
import { appendFileSync } from "node:fs";
import { exitCode } from "../../../lib/cli/frame/exit_code.ts";
import { describeEvent } from "../describe_event.ts";
import type { KillSpec, StepSpec } from "./kill_spec.ts";
import { leave, type LeaveOptions, wasLeft } from "./kill_steps.ts";

function planStep(t: Planner, spec: KillSpec, step: StepSpec, earlier: Ref<string> | undefined): Ref<string> {
  const options: LeaveOptions = {
    log: spec.log,
    pauseMs: step.pauseMs,
    valueLength: step.valueLength,
    ...(step.padding === 0 ? {} : { padding: "x".repeat(step.padding) }),
    ...(spec.gate === undefined ? {} : { gate: spec.gate }),
  };
  const planned = step.needsValue && earlier !== undefined ? t.do(leave, options, earlier) : t.do(leave, options);
  if (step.policy === "ask") return planned;
  return planned.with({ interrupted: step.policy === "probe" ? wasLeft : "retry" });
}

async function start(spec: KillSpec): Promise<void> {
  const { journal, keep } = spec;
  await Transaction.run(import.meta, (t) => {
    let earlier: Ref<string> | undefined;
    for (const step of spec.steps) earlier = planStep(t, spec, step, earlier);
    return earlier;
  }, { journal, keep, ifExists: "resume", observer: observer(spec) });
}

/** Not through the calls that are counted: a list of what was acknowledged must not be what a process dies of. */
function observer({ acknowledged }: KillSpec): { event: (event: JournalEvent) => void } {
  return { event: (event) => appendFileSync(acknowledged, `${describeEvent(event)}\n`) };
}

if (import.meta.main) {
  const [command, specText = "", decisionsText = "[]"] = Deno.args;
  const spec: KillSpec = JSON.parse(specText);
  const decisions: readonly DecisionRequest[] = JSON.parse(decisionsText);
  try {
    if (command === "start") await start(spec);
    else await Transaction.resume(spec.journal, { decisions, observer: observer(spec) });
  } catch (error) {
    console.error(error);
    Deno.exit(exitCode(error));
  }
}
