import type { DecisionRequest } from "../../../lib/run/options/transaction_options.ts";
import type { ProcessEnd } from "../../support/run_deno.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import type { TortureReport } from "../torture_report.ts";
import { answerFromLog, resumeWords } from "./answer_from_log.ts";
import { KillChecks, type Remains } from "./kill_checks.ts";
import { drawKill, type KillPlan } from "./kill_plan.ts";
import { KILLED, runAndKill } from "./kill_process.ts";
import { drawSpec, type KillSpec } from "./kill_spec.ts";

/** At most this number of processes of one transaction are killed; then it is allowed to finish. */
const MAX_KILLS = 8;
/** More processes than this never end: something is wrong. */
const MAX_PROCESSES = 40;
const NEVER: KillPlan = { kind: "never" };

/** What the life of a transaction is made of. */
export interface KillLifeOptions {
  /** An empty folder. */
  readonly folder: string;
  /** The source of chance. */
  readonly chance: SeededRandom;
  /** Where to count. */
  readonly report: TortureReport;
  /** Tells in a report which life it was. */
  readonly name: string;
}

/** A transaction from its first process to its end, many processes of which are killed on the way. */
export class KillLife {
  readonly #spec: KillSpec;
  readonly #chance: SeededRandom;
  readonly #report: TortureReport;
  readonly #name: string;
  readonly #checks: KillChecks;
  #killsLeft: number;

  /** Draws the transaction. */
  constructor({ folder, chance, report, name }: KillLifeOptions) {
    this.#chance = chance;
    this.#report = report;
    this.#name = name;
    this.#spec = drawSpec(folder, chance);
    this.#checks = new KillChecks(this.#spec, report, name);
    this.#killsLeft = 1 + chance.below(MAX_KILLS);
  }

  /** Lives. */
  async run(): Promise<void> {
    let remains = await this.#checks.look();
    for (let count = 0; !this.#isOver(remains); count += 1) {
      if (count === MAX_PROCESSES) return this.#complain(`does not end: ${remains.state?.status}`);
      remains = await this.#takeTurn(remains);
    }
    this.#checks.checkEnd(remains.effects);
    this.#report.count("transactions finished after kills");
  }

  #isOver({ state, isThere, effects }: Remains): boolean {
    return state?.status === "finished" ? this.#spec.keep : !isThere && effects.length > 0;
  }

  /** One process, killed or not, and what it leaves. */
  async #takeTurn(before: Remains): Promise<Remains> {
    const { state } = before;
    if (state === undefined || !state.isReady) {
      // Nothing ever ran: that is what the error says, and what to do.
      if (before.isThere) Deno.removeSync(this.#spec.journal);
      await Deno.remove(this.#spec.acknowledged).catch(() => {});
      const checks = new KillChecks(this.#spec, this.#report, this.#name);
      return await this.#turn(before, ["program", ["start", JSON.stringify(this.#spec)]], [0], checks);
    }
    const answers = answerFromLog(before);
    const isSilent = answers.length > 0 && this.#chance.below(5) === 0;
    if (!isSilent) this.#report.count("unknown steps decided by the log", answers.length);
    const program = this.#drawResume(isSilent ? [] : answers, answers.length > 0);
    return await this.#turn(before, program, isSilent ? [3] : [0], this.#checks);
  }

  async #turn(
    before: Remains,
    [program, args]: Program,
    expected: readonly number[],
    checks: KillChecks,
  ): Promise<Remains> {
    const isFatal = this.#killsLeft > 0;
    const stepsLeft = this.#spec.steps.length - (before.state?.root.cursor ?? 0);
    const plan = isFatal ? drawKill(this.#spec, stepsLeft, this.#chance) : NEVER;
    if (isFatal) this.#killsLeft -= 1;
    const end = await runAndKill(program, args, plan);
    const after = await checks.look();
    this.#report.count("processes of the kill loop");
    if (end.code === KILLED) this.#countKill(before, after);
    else if (!expected.includes(end.code)) this.#complain(`exit code ${end.code} of ${args[0]}: ${describeEnd(end)}`);
    return after;
  }

  #drawResume(decisions: readonly DecisionRequest[], isAsked: boolean): Program {
    const { journal } = this.#spec;
    const way = this.#chance.below(6);
    if (way === 0 && !isAsked) return ["program", ["start", JSON.stringify(this.#spec)]];
    if (way < 2) return ["program", ["resume", JSON.stringify(this.#spec), JSON.stringify(decisions)]];
    return ["cli", resumeWords(journal, decisions)];
  }

  #countKill(before: Remains, after: Remains): void {
    this.#report.count("kills");
    this.#report.count(`kills ${describeMoment(before, after)}`);
    if (after.tornBytes > 0) this.#report.count("kills that tore an append");
  }

  #complain(detail: string): void {
    this.#report.breach("other promises broken", `${this.#name} ${detail}`);
  }
}

type Program = readonly [program: "program" | "cli", args: readonly string[]];

function describeMoment(before: Remains, { state, isThere, effects }: Remains): string {
  if (state === undefined) return isThere || effects.length === 0 ? "while creating" : "while removing, or after it";
  if (!state.isReady) return "while planning";
  if (before.state !== undefined && before.state.runs.length === state.runs.length) {
    return before.state.status === "finished" ? "at the end" : "while resuming and recovering";
  }
  if (state.status === "finished") return "at the end";
  const step = state.root.children[state.root.cursor];
  if (step?.status !== "started") return "before a step";
  const last = effects.findLast((effect) => effect.step === step.node.id);
  return last?.attempt === step.attempts ? "in a step, after its effect" : "in a step, before its effect";
}

function describeEnd({ stdout, stderr }: ProcessEnd): string {
  return `${stdout}${stderr}`.slice(-1500);
}
