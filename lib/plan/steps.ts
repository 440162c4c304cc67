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
 * Names the functions of a module without importing it: to plan steps of a remote module, of one that is loaded only when
 * the transaction runs, and of one that the planning module imports dynamically.
 *
 * Each member is a step function that stands for the export of its name. Pass it to `do`; it throws when it is called. The
 * export is checked before the first step of the transaction starts; with the type argument, the compiler checks it, too. Of
 * an overloaded function, the last signature is used.
 *
 * @typeParam M The module's type: `typeof import("./s3.ts")`.
 * @param url The module's absolute URL: `import.meta.resolve("./s3.ts")`, `https:`, or `jsr:` and `npm:` with an exact
 * version. `http:` only to this machine.
 * @returns An object with one step function per exported function. Reading a member twice gives the same function.
 * @throws {TypeError} The URL is relative, contains credentials, or its scheme or version is not allowed for step modules.
 *
 * @example
 * ```ts
 * import { steps } from "jsr:@x/resumable-tx";
 *
 * // For a local module: steps<typeof import("./s3.ts")>(import.meta.resolve("./s3.ts"))
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
  // A proxy, because the module's exports are not known here: looking them up would import it.
  return new Proxy<StepFunctions<M>>(Object.freeze(Object.create(null)), {
    get(_target, member) {
      // With any other value for `then`, `await steps(…)` would never end.
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
