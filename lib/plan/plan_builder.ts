import types from "node:util/types";
import { encodeValue } from "../values/encode_value.ts";
import type { EncodeOptions } from "../values/value_walk.ts";
import { findPlaceholders } from "../values/annotations.ts";
import { type Encoded, withoutUndefined } from "../values/json.ts";
import { labelStep, type NodeOf, type PlanNode, type StepNode } from "./node.ts";
import { checkGroupOptions, checkName, checkNameOption, type GroupOptions, type NameOption } from "./node_options.ts";
import { type PlanScope, PlanScopes, refusePromise } from "./plan_scopes.ts";
import { type Planner, sleepTime } from "./planner.ts";
import { type AnyFunction, StepRef } from "./ref.ts";
import {
  checkSharedOptions,
  checkStepOptions,
  copyStepOptions,
  type PlannedOptions,
  type SharedOptions,
} from "./step_options.ts";
import { quote } from "../text/escape.ts";

const MAX_NODES = 1_000_000;
/** The highest number of a node below another one: numbers are never used again. */
const MAX_NUMBER = 99_999_999;
/** The length of the id of a node that is a hundred levels deep. */
const MAX_ID_LENGTH = 200;

/** One entry of a plan as the author made it. Nodes that call no function are as they will be stored. */
export type PlannedNode = PlannedStep | Exclude<PlanNode, StepNode>;

/** A step as the author planned it: its function has no name yet by which another process can find it. */
export interface PlannedStep {
  readonly kind: "step";
  readonly id: string;
  /** The function itself, or a member of `steps(…)`, which knows its module and export. */
  readonly fn: AnyFunction;
  /** Encoded when `do` was called. */
  readonly args: Encoded;
  readonly options: PlannedOptions;
}

export interface Plan {
  /** In order: a group comes before its children. */
  readonly nodes: readonly PlannedNode[];
  /** What the transaction, or the step that returned the plan, returns; with refs in it. */
  readonly value: Encoded;
}

export interface PlanBuilderOptions {
  /** Id of the step; the plan's ids are below it. */
  readonly parent: string;
  /** The number of the plan's first node below the step, counted from 1. */
  readonly next: number;
}

type Pause = Pick<NodeOf<"sleep">, "kind" | "ms" | "until"> | Pick<NodeOf<"wait">, "kind" | "signal">;

interface GroupRequest {
  readonly kind: "parallel" | "sequence";
  readonly build: (planner: Planner) => unknown;
  readonly options: GroupOptions;
  readonly shared: SharedOptions;
}

/** Collects the nodes that the planners of one plan add. */
export class PlanBuilder {
  readonly #nodes: PlannedNode[] = [];
  readonly #names = new Set<string>();
  readonly #scopes: PlanScopes;
  readonly #whose: string;
  /** Marks the refs of this plan. */
  readonly #owner: object = {};
  readonly #encoding: EncodeOptions;

  /** Begins an empty plan: that of a transaction; with options, that of a step. */
  constructor(options?: PlanBuilderOptions) {
    this.#scopes = new PlanScopes(options?.parent ?? "", options?.next ?? 1);
    this.#whose = options === undefined ? "the transaction" : `the sub-plan of step ${options.parent}`;
    const other = options === undefined ? "another transaction" : "another plan than this sub-plan";
    this.#encoding = {
      onRef: ({ owner }) => {
        if (owner !== this.#owner) throw new TypeError(`value contains a ref of ${other}`);
      },
    };
  }

  planner(shared: SharedOptions): Planner {
    return this.#planner(this.#scopes.root, shared);
  }

  /** Ends planning. `value` is what the plan returns; it may contain refs. */
  seal(value: unknown): Plan {
    this.#scopes.seal();
    refusePromise(value);
    const encoded = this.#encode(value, `the value of ${this.#whose}`);
    if (findPlaceholders(encoded).some(({ kind }) => kind === "env")) {
      throw new TypeError("Cannot return env(…): environment variables are for steps. Read it yourself");
    }
    return { nodes: this.#nodes, value: encoded };
  }

  #planner(scope: PlanScope, shared: SharedOptions): Planner {
    checkSharedOptions(shared);
    const copied = copyStepOptions(shared);
    const planner = {
      do: (fn: AnyFunction, ...args: readonly unknown[]) => this.#addStep(scope, fn, args, copied),
      with: (options: SharedOptions) => this.#planner(scope, { ...shared, ...options }),
      parallel: (build: GroupRequest["build"], options: GroupOptions = {}) =>
        this.#addGroup(scope, { kind: "parallel", build, options, shared }),
      sequence: (build: GroupRequest["build"], options: NameOption = {}) =>
        this.#addGroup(scope, { kind: "sequence", build, options, shared }),
      sleep: (time: number | Date, options: NameOption = {}) =>
        void this.#addPause(scope, "a sleep", options, () => ({ kind: "sleep", ...sleepTime(time) })),
      waitFor: (signal: string, options: NameOption = {}) =>
        this.#addPause(scope, "a wait", options, () => ({ kind: "wait", signal: checkName("a signal", signal) })),
    };
    // The types of refs exist only in the type checker.
    return planner as unknown as Planner;
  }

  #addStep(scope: PlanScope, fn: AnyFunction, args: readonly unknown[], options: PlannedOptions): StepRef {
    const id = this.#nextId(scope);
    if (typeof fn !== "function") {
      throw new TypeError(`Cannot plan ${labelStep(id, "")}: its first argument is not a function`);
    }
    if (types.isGeneratorFunction(fn)) {
      throw new TypeError(`Cannot plan ${labelStep(id, fn.name)}: it is a generator function: calling it runs nothing`);
    }
    const encoded = this.#encodeArguments(args, labelStep(id, fn.name));
    const step = { kind: "step" as const, id, fn, args: encoded, options };
    this.#add(scope, step);
    return new PlannedStepRef({ owner: this.#owner, step: id, path: [] }, (more) => {
      step.options = this.#merge(step.options, more);
    });
  }

  #addGroup(scope: PlanScope, { kind, build, options, shared }: GroupRequest): unknown {
    const id = this.#nextId(scope);
    const what = kind === "parallel" ? "parallel group" : "sequence";
    if (typeof build !== "function") {
      throw new TypeError(`Cannot plan ${what} ${id}: its first argument is not a function`);
    }
    checkGroupOptions(kind, options);
    const { limit } = options;
    const name = this.#takeName(options.name);
    this.#add(scope, withoutUndefined({ id, name, kind, limit }));
    const label = name === undefined ? `${what} ${id}` : `${what} ${id} ${quote(name)}`;
    return this.#scopes.within(
      scope,
      { prefix: `${id}.`, label, count: 0 },
      (inner) => build(this.#planner(inner, shared)),
    );
  }

  #addPause(scope: PlanScope, what: string, options: NameOption, make: () => Pause): StepRef {
    const id = this.#nextId(scope);
    checkNameOption(what, options);
    const made = make();
    this.#add(scope, withoutUndefined({ id, name: this.#takeName(options.name), ...made }));
    return new StepRef({ owner: this.#owner, step: id, path: [] });
  }

  /** The id of the next node. It is used only if the node can be planned. */
  #nextId(scope: PlanScope): string {
    this.#scopes.check(scope);
    if (this.#nodes.length >= MAX_NODES) throw new RangeError(`Cannot plan more than ${MAX_NODES} steps`);
    const id = scope.prefix + (scope.count + 1);
    if (scope.count >= MAX_NUMBER) throw new RangeError(`Cannot plan a step with a number above ${MAX_NUMBER}`);
    if (id.length > MAX_ID_LENGTH) throw new RangeError("Cannot plan more than a hundred nested groups and sub-plans");
    return id;
  }

  #add(scope: PlanScope, node: PlannedNode): void {
    scope.count += 1;
    this.#nodes.push(node);
  }

  #merge(options: PlannedOptions, more: PlannedOptions): PlannedOptions {
    this.#scopes.checkOpen();
    checkStepOptions(more);
    const name = this.#takeName(more.name, options.name) ?? options.name;
    return withoutUndefined({ ...options, ...copyStepOptions(more), name });
  }

  /** Returns the name as it is stored. It was checked before. */
  #takeName(given: string | undefined, former?: string): string | undefined {
    const name = given?.normalize();
    if (name === undefined || name === former) return name;
    if (this.#names.has(name)) {
      throw new TypeError(`Cannot use the name ${quote(name)} twice in one transaction`);
    }
    this.#names.add(name);
    if (former !== undefined) this.#names.delete(former);
    return name;
  }

  /** Says which argument cannot be stored, if one cannot. */
  #encodeArguments(args: readonly unknown[], label: string): Encoded {
    if (args.length === 0) return {};
    try {
      return this.#encode(args, `the arguments of ${label}`);
    } catch (error) {
      // Once more, one by one, to find out which argument it is.
      const suspects = error instanceof RangeError ? [] : args;
      for (const [index, arg] of suspects.entries()) this.#encode(arg, `argument ${index + 1} of ${label}`);
      throw error;
    }
  }

  #encode(value: unknown, what: string): Encoded {
    try {
      return encodeValue(value, this.#encoding);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const message = `Cannot store ${what}: ${error.message}`;
      throw error instanceof RangeError ? new RangeError(message, { cause: error }) : new TypeError(message);
    }
  }
}

/** The ref of a whole step, whose options can be set. */
class PlannedStepRef extends StepRef {
  readonly #setOptions: (options: PlannedOptions) => void;

  constructor(data: ConstructorParameters<typeof StepRef>[0], setOptions: (options: PlannedOptions) => void) {
    super(data);
    this.#setOptions = setOptions;
  }

  with(options: PlannedOptions): this {
    this.#setOptions(options);
    return this;
  }
}
