import { fromFileUrl } from "@std/path/from-file-url";
import { ModuleUnavailable } from "../errors/planning_errors.ts";
import type { FunctionName } from "../modules/load_functions.ts";
import type { StepContext } from "../process/step_context.ts";
import type { CallEnd, ProbeFinding, StepCall, StepHost } from "../run/call/step_host.ts";
import { attempt } from "../values/shape.ts";
import type { TrustedModules } from "./trusted_modules.ts";

/** A local module is not what this process has loaded. Another process has to run the transaction. */
export class ModuleChanged extends Error {
  override readonly name = "ModuleChanged";

  constructor(readonly module: string) {
    super(`Another source of ${module} was loaded before`);
  }
}

/** What this process has loaded. Deno loads a module once: a change of its source reaches only a new process. */
export class LoadedModules {
  /** How each local file was when it was loaded, by URL. */
  readonly #stamps = new Map<string, string>();

  /** @throws {ModuleChanged} The source of one is another one by now. */
  check(modules: Iterable<string>): void {
    for (const module of modules) {
      const stamp = stampOf(module);
      if (stamp === undefined) continue;
      const known = this.#stamps.get(module);
      if (known === undefined) this.#stamps.set(module, stamp);
      else if (known !== stamp) throw new ModuleChanged(module);
    }
  }

  /** Whether one of them has changed. */
  haveChanged(): boolean {
    return Array.from(this.#stamps, ([module, stamp]) => stampOf(module) !== stamp).includes(true);
  }
}

/** Changes with the file; nothing for a module that is no file. */
function stampOf(module: string): string | undefined {
  if (!module.startsWith("file:")) return undefined;
  return attempt(() => {
    const { mtime, size, ino } = Deno.statSync(fromFileUrl(module));
    return `${mtime?.getTime()} ${size} ${ino}`;
  }) ?? "missing";
}

interface Guard {
  /** Nothing is asked of those of a folder: its journals are trusted as a whole. */
  readonly trusted: TrustedModules | undefined;
  readonly loaded: LoadedModules;
  /** URL of the home module of the transaction. */
  readonly home: () => string | undefined;
}

/** Calls functions as another host does, but only of modules that are trusted, and of those whose source is the one that was loaded. */
export class GuardedHost implements StepHost {
  readonly #host: StepHost;
  readonly #guard: Guard;
  #hasBegun = false;

  constructor(host: StepHost, guard: Guard) {
    this.#host = host;
    this.#guard = guard;
  }

  has(names: readonly FunctionName[]): boolean {
    return this.#host.has(names);
  }

  async prepare(names: readonly FunctionName[]): Promise<void> {
    const { trusted, loaded, home } = this.#guard;
    const modules = new Set(names.map(({ module }) => module));
    for (const module of [home() ?? "", ...modules]) {
      if (trusted !== undefined && !trusted.has(module)) throw untrusted(module);
    }
    // A plan that a step has returned belongs to a run that has begun.
    if (!this.#hasBegun) loaded.check(modules);
    this.#hasBegun = true;
    await this.#host.prepare(names);
  }

  bind(call: StepCall): (context: StepContext) => Promise<CallEnd> {
    return this.#host.bind(call);
  }

  bindProbe(call: StepCall): (context: StepContext) => Promise<ProbeFinding> {
    return this.#host.bindProbe(call);
  }
}

function untrusted(module: string): ModuleUnavailable {
  const message = `Cannot run ${JSON.stringify(module)}: its URL begins with none of --modules`;
  return new ModuleUnavailable(module, undefined, message);
}
