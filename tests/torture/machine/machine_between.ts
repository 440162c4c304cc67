import { assert, assertEquals, assertRejects } from "@std/assert";
import { DecisionRefused } from "../../../lib/errors/decision_errors.ts";
import { TransactionPaused } from "../../../lib/errors/running_errors.ts";
import { decideJournal } from "../../../lib/run/amend/amend_journal.ts";
import { cancelJournal, signalJournal } from "../../../lib/run/amend/send_request.ts";
import { rollbackJournal } from "../../../lib/run/start/continue_journal.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";
import { keyOf } from "./model/model_node.ts";
import { readRecords } from "./machine_checks.ts";
import type { MachineCounts } from "./machine_counts.ts";
import { giveValue } from "./machine_given.ts";
import { repairForGood } from "./machine_lasting.ts";
import { JOURNAL, type LifeEnd, type LifeWork, type Remains } from "./machine_life.ts";
import type { MachineModel } from "./model/machine_model.ts";
import { repairAndTakeBack } from "./machine_repairs.ts";
import type { MachineSpec } from "./machine_spec.ts";
import { MachineStore } from "./machine_store.ts";
import { type Deed, MachineWorld } from "./machine_world.ts";

/** Where a case stands between two lives. */
export interface Between extends Remains {
  /** What time it is, in milliseconds since 1970. */
  readonly time: number;
  /** How the last life has ended; nothing if it was cut short. */
  readonly end: LifeEnd | undefined;
}

/** A step is rewound at most this often. */
const MAX_REWINDS = 2;

/** What an operator does with the journal while no process runs it. */
export class BetweenLives {
  readonly #spec: MachineSpec;
  readonly #chance: SeededRandom;
  readonly #counts: MachineCounts;
  readonly #note: (line: string) => void;
  #signals = 0;

  /** @param note Is told what is done, in a line. */
  constructor(spec: MachineSpec, chance: SeededRandom, counts: MachineCounts, note: (line: string) => void) {
    this.#counts = counts;
    this.#spec = { ...spec, isSlow: false, width: undefined };
    this.#chance = chance;
    this.#note = note;
  }

  /** Has it run again from somewhere on, sends signals, or gives the transaction up. */
  async amend(between: Between): Promise<Between> {
    if (between.records.length === 0) return between;
    const model = readRecords(between.records);
    if (model.end === "undone" || model.end === "cancelled") return between;
    const store = await this.#restore(between);
    if (model.isRollback) {
      for (let left = 2 + this.#below(3); left > 0; left -= 1) await this.#give(store, between);
      return { ...between, records: store.records };
    }
    const rewound = await this.#rewind(store, between, model);
    const deeds = [...between.deeds, ...rewound];
    const open = rewound.length === 0 ? model : readRecords(store.records);
    if (open.end !== undefined) return between;
    if (this.#below(3) === 0) await this.#repair(store, open);
    else for (let left = this.#below(4); left > 0; left -= 1) await this.#repairForGood(store, { ...between, deeds });
    for (const signal of this.#signalsToSend(between, open)) {
      this.#signals += 1;
      this.#note(`signal: ${signal}`);
      await signalJournal(store, JOURNAL, { signal, value: `${signal} ${this.#signals}` });
    }
    if (this.#below(40) === 0) {
      this.#note("cancel");
      await cancelJournal(store, JOURNAL, { why: "It is no longer wanted" });
    }
    return { ...between, records: store.records, deeds };
  }

  /** Checks that a strict rollback is refused if it leaves something, and that the error names it. */
  async checkStrict(between: Between, work: Extract<LifeWork, { kind: "rollback" }>): Promise<void> {
    if (work.strict) return;
    const { to } = work;
    const model = readRecords(between.records);
    const store = await this.#restore(between);
    const request = { strict: true, ...(to === undefined ? {} : { to }) };
    const { message } = await assertRejects(() => rollbackJournal(store, JOURNAL, request), DecisionRefused);
    assert(message.includes("Without --strict"), message);
    for (const ids of [model.leftBehind(to), model.rewoundBehind(to)]) {
      // A long list is cut.
      const named = ids.filter((id) => message.split(/[\s,;]+/).includes(id));
      assert(named.length >= Math.min(ids.length, 10), `${message} does not name ${ids}`);
    }
    assertEquals(store.records, between.records);
  }

  async #restore(between: Between): Promise<MachineStore> {
    const store = new MachineStore(this.#world(between));
    await store.restore(JOURNAL, between.records);
    return store;
  }

  #world({ deeds, time }: Between): MachineWorld {
    return new MachineWorld(this.#spec, deeds, this.#chance, new VirtualClock(time, this.#chance));
  }

  /** Returns what that is to the world: what has begun is to be done anew. */
  async #rewind(store: MachineStore, { end, records, time }: Between, model: MachineModel): Promise<Deed[]> {
    const rarity = end === undefined ? 20 : model.end === "finished" ? 3 : 8;
    if (model.plan.rewinds >= MAX_REWINDS || this.#below(rarity) > 0) return [];
    const from = model.plan.planned[this.#below(model.plan.planned.length)];
    if (from === undefined) return [];
    const step = from.node.id;
    const decide = () => decideJournal(store, JOURNAL, { step, decision: "rewind" });
    if (!model.plan.canRewind(from)) {
      assertEquals((await assertRejects(decide, DecisionRefused)).code, "nothing begun");
      assertEquals(store.records, records);
      return [];
    }
    this.#note(`rewind: ${step}`);
    await decide();
    this.#counts.rewinds += 1;
    const begun = model.plan.from(from).filter(({ attempts }) => attempts > 0);
    return begun.map((node) => ({ kind: "rewound", key: keyOf(node), at: time }));
  }

  /** Decides something, and thinks better of it. */
  async #repair(store: MachineStore, { plan: { planned } }: MachineModel): Promise<void> {
    const id = planned[this.#below(planned.length)]?.node.id;
    const repair = id === undefined ? undefined : await repairAndTakeBack(store, id, this.#chance);
    if (repair === undefined) return;
    this.#counts.repairs += 1;
    this.#note(`${repair}, and take it back`);
  }

  /** Decides something that stays. */
  async #repairForGood(store: MachineStore, between: Between): Promise<void> {
    const world = this.#world(between);
    const repair = await repairForGood({ store, model: readRecords(store.records), world, chance: this.#chance });
    if (repair === undefined) return;
    this.#counts.lasting += 1;
    this.#note(repair);
  }

  async #give(store: MachineStore, between: Between): Promise<void> {
    const given = await giveValue(store, readRecords(store.records), this.#world(between), this.#chance);
    if (given === undefined) return;
    this.#counts.given += 1;
    this.#note(`value: ${given}`);
  }

  #signalsToSend({ end }: Between, model: MachineModel): readonly string[] {
    const isAwaited = end?.kind === "threw" && end.error instanceof TransactionPaused;
    if (!isAwaited && !this.#spec.isEager) return [];
    const names = model.missingSignals().slice(0, isAwaited ? 1 + this.#below(2) : this.#below(3));
    return this.#spec.isEager && this.#below(6) === 0 ? [...names, `s${this.#below(2)}`] : names;
  }

  #below(limit: number): number {
    return this.#chance.below(limit);
  }
}
