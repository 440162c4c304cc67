/**
 * A process of the chaos: `chaos_program.ts SPEC`, as JSON. Does the jobs that it reads, a line each, side by side, until its
 * input ends. Says of each what became of it.
 *
 * @module
 */
import { DecisionRefused, JournalLocked, type Observer, Transaction, TransactionClosed } from "@x/resumable-tx";
import { type DecisionRequest, JournalNotFound } from "@x/resumable-tx";
import { signalJournal } from "../../../lib/run/amend/send_request.ts";
import { applyEvent } from "../../../lib/state/apply_event.ts";
import { nextActions } from "../../../lib/state/next_actions.ts";
import { openStore, useStore } from "../../../lib/storage/locator.ts";
import { readState } from "../../../lib/storage/read_state.ts";
import { appendLine, type Job, type LogLine, logPath, type ProcessSpec, readEffects, realTime } from "./chaos_log.ts";
import type { Told } from "./chaos_log.ts";
import { IN_DATABASE, runPlanned, SIGNAL, stepValue } from "./chaos_steps.ts";

/** What became of a job. */
export interface JobEnd {
  readonly id: number;
  /** The name of an error, or what was done. */
  readonly end: string;
  readonly message?: string;
}

class ChaosProcess {
  readonly #spec: ProcessSpec;
  readonly #log: string;

  constructor(spec: ProcessSpec) {
    this.#spec = spec;
    this.#log = logPath(spec.folder, spec.name);
  }

  async run(): Promise<void> {
    const { database, leaseMs } = this.#spec;
    const times = { leaseMs, beatMs: leaseMs / 5, marginMs: leaseMs / 5 };
    // A process loads one of them, since many are started.
    const open = database.startsWith("sqlite:")
      ? (await import("../../../lib/storage/sqlite/open_sqlite_store.ts")).openSqliteStore
      : (await import("../../../lib/storage/postgres/open_postgres_store.ts")).openPostgresStore;
    const used = await this.#patiently(() => useStore(database, (locator) => open(locator, { times })));
    console.log("ready");
    const jobs = new Set<Promise<void>>();
    let rest = "";
    for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const job = this.#do(JSON.parse(line)).finally(() => jobs.delete(job));
        jobs.add(job);
      }
    }
    await Promise.all(jobs);
    await used.release();
  }

  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        console.error(error);
      }
    }
  }

  async #do(job: Job): Promise<void> {
    let end: JobEnd;
    try {
      end = { id: job.id, end: await this.#try(job) };
    } catch (error) {
      end = error instanceof Error
        ? { id: job.id, end: error.name, message: error.stack ?? error.message }
        : { id: job.id, end: "thrown", message: String(error) };
    }
    console.log(JSON.stringify(end));
  }

  async #try(job: Job): Promise<string> {
    const journal = `${this.#spec.database}#${job.tx}`;
    const observer = this.#observe(job.tx);
    switch (job.kind) {
      case "start":
        await runPlanned(journal, { folder: this.#spec.folder, seed: job.seed, observer });
        return "finished";
      case "resume":
        await Transaction.resume(journal, { observer });
        return "finished";
      case "repair": {
        const decisions = await this.#findAnswers(journal);
        if (decisions === undefined) return "held";
        await Transaction.resume(journal, { decisions, observer });
        return "finished";
      }
      case "signal":
        return await this.#signal(journal, job.tx, job.value);
      default:
        return job satisfies never;
    }
  }

  /** Each event that is durable, before anything follows from it. */
  #observe(name: string): Observer {
    return {
      event: (event) => this.#note({ kind: "durable", at: realTime(), tx: name, event: JSON.stringify(event) }),
    };
  }

  #note(line: LogLine): void {
    appendLine(this.#log, line);
  }

  /** What a person would say who has looked at the effects. While somebody may run it, they are no answer. */
  async #findAnswers(journal: string): Promise<readonly DecisionRequest[] | undefined> {
    await using place = await openStore(journal);
    const { state, read } = await readState(place.store, place.name, { keepsValues: false });
    if (read.isHeld) return undefined;
    if (state.status === "finished") return [];
    applyEvent(state, { type: "resumed", run: state.runs.length + 1, library: state.library }, state.lastAt);
    if (state.status !== "started" && state.status !== "waiting") return [];
    const effects = readEffects(this.#spec.folder, state.id);
    const { questions } = nextActions(state, { isDue: () => true });
    return questions.map(({ step: { node } }) => {
      const { id: step } = node;
      // What happens once comes after that effect, and may be missing: to call the step again does no harm.
      const isOnce = node.kind === "step" && IN_DATABASE.has(node.export);
      const isDone = !isOnce && effects.some((effect) => effect.step === step);
      return isDone ? { step, decision: "done", result: { value: stepValue(step) } } : { step, decision: "retry" };
    });
  }

  async #signal(journal: string, tx: string, value: string): Promise<string> {
    let id: string | undefined;
    const tell = (said: Told["said"]) => {
      this.#note({ kind: "told", at: realTime(), tx, value, said, ...(id === undefined ? {} : { id }) });
      return said;
    };
    const recorded = (request: { readonly id: string }) => {
      id = request.id;
      tell("recorded");
    };
    await using place = await openStore(journal);
    try {
      const { kind } = await signalJournal(place.store, place.name, { signal: SIGNAL, value }, { recorded });
      return kind === "applied" ? tell("applied") : kind;
    } catch (error) {
      const isMissed = [TransactionClosed, JournalLocked, JournalNotFound].some((kind) => error instanceof kind);
      if (!isMissed && !(error instanceof DecisionRefused)) throw error;
      return tell(id === undefined ? "missed" : "refused");
    }
  }
}

if (import.meta.main) await new ChaosProcess(JSON.parse(Deno.args[0] ?? "")).run();
