import { setBrand } from "../values/brand.ts";
import { checkModuleUrl, isUsableExportName } from "./function_place.ts";

/**
 * The functions that a module exports, each as a step function of the same type.
 *
 * @example
 * ```ts
 * import { type StepFunctions, steps } from "@x/resumable-tx";
 *
 * interface Mail {
 *   readonly sender: string;
 *   send(to: string): Promise<void>;
 * }
 * const mail: StepFunctions<Mail> = steps<Mail>("https://example.com/mail@2.0.1/mod.ts");
 * console.log(mail.send.name); // "send"; `mail.sender` does not compile
 * ```
 */
export type StepFunctions<M> = {
  readonly [K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never]: M[K];
};

/**
 * Names the functions of a module without importing it: the way to plan steps of a remote module, of one that is only
 * loaded when its turn comes, and of one that the planning module imports dynamically.
 *
 * Each member is a step function that stands for the export of its name. It is made to be handed to `do` and throws when
 * it is called. Whether the module has such an export is checked before the first step of the transaction starts, not
 * here; the type argument lets the compiler check it too. Of an overloaded function the last signature counts.
 *
 * @typeParam M The module's type: `typeof import("./s3.ts")`.
 * @param url The module's absolute URL: `import.meta.resolve("./s3.ts")`, `https:`, or `jsr:` and `npm:` with an exact
 * version. `http:` only to this machine.
 * @returns An object with one step function per exported function. The same member is the same function each time.
 * @throws {TypeError} The URL is relative, has credentials, or its scheme or version may not name a step module.
 *
 * @example
 * ```ts
 * import { steps } from "jsr:@x/resumable-tx";
 *
 * // With the module at hand: steps<typeof import("./s3.ts")>(import.meta.resolve("./s3.ts"))
 * interface S3 {
 *   upload(path: string): Promise<string>;
 * }
 * const { upload } = steps<S3>("https://example.com/s3@1.2.0/mod.ts");
 * console.log(upload.name); // later: t.do(upload, "/srv/report.pdf")
 * ```
 */
export function steps<M>(url: string | URL): StepFunctions<M> {
  const module = checkModuleUrl(url);
  const made = new Map<string, () => never>();
  // A proxy, because the module's exports are not known here and must not be: asking for them would import it.
  return new Proxy<StepFunctions<M>>(Object.freeze(Object.create(null)), {
    get(_target, member) {
      // Anything but undefined for `then` would make `await steps(…)` wait for ever.
      if (typeof member === "symbol" || !isUsableExportName(member)) return undefined;
      const known = made.get(member);
      if (known !== undefined) return known;
      const step = makeStepFunction(module, member);
      made.set(member, step);
      return step;
    },
  });
}

function makeStepFunction(module: string, member: string): () => never {
  const step = (): never => {
    throw new TypeError(
      `Cannot call ${JSON.stringify(member)} of ${JSON.stringify(module)} here: it only names a step; pass it to t.do`,
    );
  };
  Object.defineProperty(step, "name", { value: member });
  setBrand(step, "step-function", { module, export: member });
  return Object.freeze(step);
}
