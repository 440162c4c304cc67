import { JournalUntrusted } from "../errors/opening_errors.ts";
import type { TransactionUndone } from "../errors/running_errors.ts";
import { chainSum, type JournalRecord } from "../journal/encode_record.ts";
import type { Decided, Event, EventOf } from "../journal/event.ts";
import type { ModuleEntry } from "../journal/stored.ts";
import { describeRewound, nameSteps } from "../messages/describe_step.ts";
import { isGroup, type PlanNode } from "../plan/node.ts";
import type { EventObserver } from "../run/session/session.ts";
import type { RollbackEnd } from "../state/rollback.ts";
import type { Store } from "../storage/store.ts";

/** Counts what a run finds and does, for the line that it ends with. */
export class RunSummary implements EventObserver {
  readonly #skipped = new Set<string>();
  /** What was decided about each step and not taken back. */
  readonly #decided = new Map<string, string[]>();
  /** Steps whose undo has begun in the last rollback. */
  readonly #undoing = new Set<string>();
  /** Steps that were undone in it. */
  readonly #undone = new Set<string>();
  readonly #say: (line: string) => void;
  /** How many steps are in each group; under the empty id, in the whole plan. */
  readonly #sizes = new Map<string, number>();
  /** Parts of plans that count when the end of their step does. */
  readonly #drafts = new Map<string, PlanNode[]>();
  #modules: readonly ModuleEntry[] = [];
  #started = 0;
  #isRollback = false;

  /** @param say Told what the person who resumes should know before the first step runs. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** A store whose journals are counted while they are opened. */
  watch(store: Store): Store {
    return {
      create: (journal, events) => store.create(journal, events),
      open: (journal, apply) =>
        store.open(journal, (record) => {
          for (const event of record.events) this.#find(event);
          apply(record);
        }),
      read: (journal, apply, options) => store.read(journal, apply, options),
      list: (folder) => store.list(folder),
      kindOf: (name) => store.kindOf(name),
    };
  }

  /** Counts what happens in this run. */
  readonly event = (event: Event): void => {
    if (event.type === "started") this.#started += 1;
    if (event.type === "resumed") this.#tellChanges(event);
    this.#count(event);
  };

  /** The transaction was being rolled back when its journal was opened. */
  get isRollback(): boolean {
    return this.#isRollback;
  }

  /**
   * Says in one line how the transaction ended well.
   *
   * @param isKept The journal is still there.
   */
  describe(isKept: boolean): string {
    const all = this.#sizes.get("") ?? 0;
    const skipped = [...this.#skipped].reduce((sum, id) => sum + (this.#sizes.get(id) ?? 1), 0);
    const steps = `${all - skipped} of ${all} ${all === 1 ? "step" : "steps"}`;
    const left = skipped === 0 ? "" : `, ${skipped} left out`;
    return [
      `finished: ${steps}${left}`,
      ...(this.#started === 0 ? ["no step had to run"] : []),
      ...(isKept ? ["the journal is kept: prune or rm removes it"] : []),
      ...(!isKept && this.#started === 0 ? ["the journal is removed"] : []),
    ].join("; ");
  }

  /**
   * Says in one line how a rollback ended well.
   *
   * @param end What stays.
   */
  describeUndone({ left, rewound, kept }: RollbackEnd): string {
    const { size } = this.#undone;
    const parts = [
      `undone: ${size} ${size === 1 ? "step" : "steps"}`,
      ...describeStaying(left, ["stays as it is", "stay as they are"]),
      ...describeStaying(kept, ["stays because of --to", "stay because of --to"]),
      ...(rewound.length === 0 ? [] : [describeRewound(rewound)]),
    ];
    return parts.join("; ");
  }

  #tellChanges({ modules = [], recovered }: EventOf<"resumed">): void {
    for (const { module, url, sha256 } of modules) {
      const name = url ?? this.#modules[module]?.url ?? `module ${module}`;
      if (sha256 !== undefined) this.#say(`changed since the plan was made: ${name}`);
    }
    if (recovered === undefined) return;
    const kept = recovered.savedAs === undefined ? "" : `, kept in ${recovered.savedAs}`;
    this.#say(`a crash had cut the last record short: ${recovered.cutBytes} bytes were removed${kept}`);
  }

  #find(event: Event): void {
    if (event.type === "decided" && event.decision === "rollback") this.#isRollback = true;
    if (event.type === "undone" && event.step === undefined) this.#isRollback = false;
    this.#count(event);
  }

  #count(event: Event): void {
    switch (event.type) {
      case "opened":
        this.#modules = event.modules;
        return;
      case "planned":
        return this.#addNodes(event.nodes);
      case "expanded":
        this.#drafts.set(event.step, [...this.#drafts.get(event.step) ?? [], ...event.nodes]);
        return;
      case "started":
        this.#drafts.delete(event.step);
        this.#skipped.delete(event.step);
        return;
      case "finished":
        this.#skipped.delete(event.step);
        this.#addNodes(this.#drafts.get(event.step) ?? []);
        this.#drafts.delete(event.step);
        return;
      case "undoing":
        this.#undoing.add(event.step);
        return;
      case "undone":
        if (event.step !== undefined) this.#undone.add(event.step);
        return;
      case "decided":
        if (event.decision === "insert") this.#addNodes(event.nodes);
        else if (event.decision === "rollback") this.#beginRollback();
        else if (this.#undoing.has(event.step)) this.#countUndoDecision(event);
        else this.#countDecision(event.step, event.decision);
    }
  }

  /** What was undone before is not counted with it. */
  #beginRollback(): void {
    this.#undoing.clear();
    this.#undone.clear();
  }

  /** With a result it is not the undo that is done: it gets another value. */
  #countUndoDecision(event: Exclude<Decided, { decision: "insert" | "rollback" }>): void {
    if (event.decision === "done" && event.given !== true) this.#undone.add(event.step);
    else this.#undone.delete(event.step);
  }

  #countDecision(step: string, decision: string): void {
    const decided = this.#decided.get(step) ?? [];
    if (decision === "undecide") decided.pop();
    else decided.push(decision);
    this.#decided.set(step, decided);
    const last = decided.at(-1);
    if (last === "skip" || last === "remove") this.#skipped.add(step);
    else this.#skipped.delete(step);
  }

  /** Groups are no steps. */
  #addNodes(nodes: readonly PlanNode[]): void {
    for (const { kind, id } of nodes) {
      if (isGroup({ kind })) this.#sizes.set(id, this.#sizes.get(id) ?? 0);
      else this.#addStep(id);
    }
  }

  #addStep(id: string): void {
    for (let dot = id.lastIndexOf("."); dot !== -1; dot = id.lastIndexOf(".", dot - 1)) {
      const group = id.slice(0, dot);
      const size = this.#sizes.get(group);
      if (size !== undefined) this.#sizes.set(group, size + 1);
    }
    this.#sizes.set("", (this.#sizes.get("") ?? 0) + 1);
  }
}

function describeStaying(ids: readonly string[], [one, several]: readonly [string, string]): readonly string[] {
  return ids.length === 0 ? [] : [`${nameSteps(ids).toLowerCase()} ${ids.length === 1 ? one : several}`];
}

/**
 * Remembers what a person was shown of a journal that somebody else may write, so that nothing else is run: it could be
 * replaced while the question stands on the screen.
 */
export class SeenEvents {
  #sum = "";

  /** Notes an event that was shown, or that this process has written since. */
  readonly add = (event: Event): void => {
    this.#sum = chainSum(this.#sum, JSON.stringify(event));
  };

  /** A store whose journals are noted when they are read, and refused when they are opened and hold anything else. */
  watch(store: Store): Store {
    return {
      create: (journal, events) => store.create(journal, events),
      open: async (journal, apply) => {
        const found = new SeenEvents();
        const open = await store.open(journal, found.#watchRecords(apply));
        if (found.#sum === this.#sum) return open;
        await open.close();
        throw new JournalUntrusted(journal, "it was changed after it was shown");
      },
      read: (journal, apply, options) => store.read(journal, this.#watchRecords(apply), options),
      list: (folder) => store.list(folder),
      kindOf: (name) => store.kindOf(name),
    };
  }

  #watchRecords(apply: (record: JournalRecord) => void): (record: JournalRecord) => void {
    return (record) => {
      record.events.forEach(this.add);
      apply(record);
    };
  }
}

/** What stays when a rollback that somebody resumed is complete: what stays because of `to` is told apart. */
export function undoneEnd({ left, rewound, kept }: TransactionUndone): RollbackEnd {
  return { left: left.filter((id) => !kept.includes(id)), rewound, kept };
}
