/** Hosts of step functions that show what crosses the seam. */
import type { CallEnd, ProbeFinding, StepCall, StepHost } from "../../lib/run/call/step_host.ts";
import type { FunctionName } from "../../lib/modules/load_functions.ts";
import type { StepContext } from "../../lib/process/step_context.ts";
import { findPlaceholders } from "../../lib/values/annotations.ts";
import type { Encoded } from "../../lib/values/json.ts";

/** A call as another process could get it. */
export interface SentCall extends Omit<StepCall, "values"> {
  /** The values to which it refers, by step. */
  readonly values: Readonly<Record<string, Encoded>>;
}

/** Gathers the values to which a call refers. */
export function sendable({ values, ...call }: StepCall): SentCall {
  const sent: Record<string, Encoded> = {};
  const gather = (encoded: Encoded = {}) => {
    for (const placeholder of findPlaceholders(encoded)) {
      if (placeholder.kind !== "ref" || placeholder.step in sent) continue;
      gather(sent[placeholder.step] = values(placeholder.step));
    }
  };
  gather(call.args);
  gather(call.undoes);
  return { ...call, values: sent };
}

/** Hands everything that crosses to another host as text: what that host sees is JSON, and so is what it answers. */
export class JsonHost implements StepHost {
  readonly #host: StepHost;

  constructor(host: StepHost) {
    this.#host = host;
  }

  has(names: readonly FunctionName[]): boolean {
    return this.#host.has(copy(names));
  }

  prepare(names: readonly FunctionName[]): Promise<void> {
    return this.#host.prepare(copy(names));
  }

  bind(call: StepCall): (context: StepContext) => Promise<CallEnd> {
    const make = this.#host.bind(receive(call));
    return async (context) => copy({ ...await make(pass(context)), thrown: undefined });
  }

  bindProbe(call: StepCall): (context: StepContext) => Promise<ProbeFinding> {
    const make = this.#host.bindProbe(receive(call));
    return async (context) => copy(await make(pass(context)));
  }
}

/** Calls nothing: writes down what it is asked, and answers by the export's name, each answer once. */
export class TableHost implements StepHost {
  /** What was asked, in order. */
  readonly calls: (SentCall & Pick<StepContext, "attempt" | "idempotencyKey">)[] = [];
  /** What was prepared. */
  readonly prepared: string[] = [];
  readonly #answers: Readonly<Record<string, (CallEnd | ProbeFinding)[]>>;

  constructor(answers: Readonly<Record<string, (CallEnd | ProbeFinding)[]>>) {
    this.#answers = answers;
  }

  has(names: readonly FunctionName[]): boolean {
    return names.every((name) => this.prepared.includes(name.export));
  }

  prepare(names: readonly FunctionName[]): Promise<void> {
    this.prepared.push(...names.map((name) => name.export));
    return Promise.resolve();
  }

  bind(call: StepCall): (context: StepContext) => Promise<CallEnd> {
    return async (context) => {
      const end = await this.#answer(call, context);
      if (end.kind !== "finished" && end.kind !== "failed") throw new TypeError(`${call.name.export} is no probe`);
      return end;
    };
  }

  bindProbe(call: StepCall): (context: StepContext) => Promise<ProbeFinding> {
    return async (context) => {
      const finding = await this.#answer(call, context);
      if (finding.kind === "finished" || finding.kind === "failed") throw new TypeError(`${call.name.export} probes`);
      return finding;
    };
  }

  #answer(call: StepCall, { attempt, idempotencyKey }: StepContext): Promise<CallEnd | ProbeFinding> {
    this.calls.push({ ...sendable(call), attempt, idempotencyKey });
    const answer = this.#answers[call.name.export]?.shift();
    return answer === undefined
      ? Promise.reject(new TypeError(`No answer for ${call.name.export}`))
      : Promise.resolve(answer);
  }
}

function receive(call: StepCall): StepCall {
  const { values, ...sent } = copy(sendable(call));
  return {
    ...sent,
    values: (step) => {
      const value = values[step];
      if (value === undefined) throw new TypeError(`The value of step ${step} was not sent`);
      return value;
    },
  };
}

/** The signal and the reports of progress have channels of their own. */
function pass({ signal, progress, ...data }: StepContext): StepContext {
  return { ...copy(data), signal, progress };
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
